//! TAG118 `abac-ignore-case`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::{Tag, tag};
use crate::document::{Document, READS, is_allow, is_deny, matches_action};
use crate::finding::Findings;
use crate::finding::Grade;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::{Comparison, Operator, SetQualifier};
use policy_engine::policy::statement::{Condition, Statement};
use policy_engine::service::KMS;

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
    for statement in document.statements() {
        let is_negated = is_deny(statement);
        if !is_negated && !is_allow(statement) || !is_about(document, statement) {
            continue;
        }
        for condition in &statement.conditions {
            // A Deny of what differs from the tag lets through what differs only in case.
            let ignoring = condition.parsed.filter(|operator| {
                operator.comparison == Comparison::StringEqualsIgnoreCase
                    && operator.negated == is_negated
            });
            let Some(operator) = ignoring.filter(|_| is_session_tag(document, condition)) else {
                continue;
            };
            let right = exact(operator);
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

/// Whether a statement decides on the value of a secret, on decryption or, in a trust policy, on the role.
fn is_about(document: &Document<'_>, statement: &Statement) -> bool {
    if document.kind == PolicyType::Trust {
        return true;
    }
    let grants = matches!(
        document.kind,
        PolicyType::Identity | PolicyType::Resource | PolicyType::Key
    );
    let mut actions = READS.iter().chain(KMS.values);
    (is_deny(statement) || grants) && actions.any(|action| matches_action(statement, action))
}

/// Whether a condition tests a session tag of EKS: of the object or the caller, in a trust policy of the new session.
fn is_session_tag(document: &Document<'_>, condition: &Condition) -> bool {
    let name = match tag(condition) {
        Some(Tag::Resource(name) | Tag::Principal(name)) => name,
        Some(Tag::Request(name)) if document.kind == PolicyType::Trust => name,
        _ => return false,
    };
    let mut keys = crate::text::session_tags::KEYS.iter();
    keys.any(|own| own.eq_ignore_ascii_case(name))
}

/// The operator that compares with case.
fn exact(operator: Operator) -> String {
    let set = match operator.qualifier {
        Some(SetQualifier::ForAllValues) => "ForAllValues:",
        Some(SetQualifier::ForAnyValue) => "ForAnyValue:",
        None => "",
    };
    let not = if operator.negated { "Not" } else { "" };
    let if_exists = if operator.if_exists { "IfExists" } else { "" };
    format!("{set}String{not}Equals{if_exists}")
}
