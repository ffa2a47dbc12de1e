//! TAG118 `abac-ignore-case`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, READS, speaks_of};
use crate::finding::Findings;
use crate::finding::Grade;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a case-insensitive comparison of the namespace, service account or cluster.
    ///
    /// # Why it matters
    ///
    /// Names of EKS clusters are case-sensitive, so `Prod` and `prod` can be two clusters. `StringEqualsIgnoreCase` matches
    /// both, and the pods of one cluster can read the secrets of the other.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEqualsIgnoreCase": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}
    /// ```
    ///
    /// A Deny of other clusters:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///   "Condition": {"StringNotEqualsIgnoreCase": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `StringEquals`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/eks-cluster-name"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-name}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: compares with case, which narrows the Allow.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG118" "abac-ignore-case", Low Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let denies = document.denies().map(|statement| (statement, true));
    let denies = denies.filter(|(own, _)| READS.iter().any(|action| speaks_of(own, action)));
    let allows = reading(document).map(|(statement, _)| (statement, false));
    for (statement, is_negated) in allows.chain(denies) {
        for condition in &statement.conditions {
            // A Deny of what differs from the caller's tag lets through what differs only in case.
            let ignores = condition.parsed.is_some_and(|operator| {
                operator.comparison == Comparison::StringEqualsIgnoreCase
                    && operator.negated == is_negated
            });
            let session = match tag(condition) {
                Some(Tag::Resource(name) | Tag::Principal(name)) => crate::text::session_tags::KEYS
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(name)),
                _ => false,
            };
            if !ignores || !session {
                continue;
            }
            let right = condition.operator.value.replace("IgnoreCase", "");
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "ignores case",
                    format!(
                        "the condition treats values of `{}` that differ only in case as equal",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help(format!("\"{right}\""))
                .replace(Grade::Safe, format!("\"{right}\""));
            findings.add(draft);
        }
    }
}
