//! TAG110 `abac-any-value`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{is_positive, key};
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags a condition that accepts every value of a resource tag, if no other condition separates the tenants.
    ///
    /// # Why it matters
    ///
    /// `StringLike` with `*` requires only that the tag exists. Every tenant of the role can read every tagged object,
    /// although the policy looks like tag-based access control.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:ResourceTag/kubernetes-namespace": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare the tag of the object with the tag of the caller:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
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
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "TAG110" "abac-any-value", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let any = |condition: &Condition| {
        condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike && is_positive(operator)
        }) && condition
            .values
            .iter()
            .any(|value| matches!(value.text.known(), Some("*" | "?*" | "**")))
    };
    for (statement, action) in reading(document) {
        let tests = || {
            statement
                .conditions
                .iter()
                .filter(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
        };
        let Some(condition) = tests()
            .find(|condition| any(condition))
            .filter(|_| tests().all(any))
        else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |_| false);
        let Some(proof) = probe.and_then(|probe| {
            probe
                .with(key(condition), "another-tenant")
                .allowed(context, document)
        }) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                condition.origin,
                "matches any value",
                format!(
                    "the policy allows to read every object with `{}`, whatever its value",
                    key(condition)
                ),
            )
            .because(key(condition))
            .help("compare the tag with a tag of the caller")
            .request(Some(proof));
        findings.add(draft);
    }
}
