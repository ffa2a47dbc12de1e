//! ESC102 `retag-guard-half`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::tag;
use crate::document::{Document, TAGS};
use crate::finding::Findings;

rule! {
    /// Flags a permission to tag secrets with a condition on the old tag or the new tag, but not on both.
    ///
    /// # Why it matters
    ///
    /// With a condition on the new tag only, a tenant can take over a secret of another tenant. With a condition on the old
    /// tag only, it can give its own secret another tenant's tag.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Require both tags:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}", "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
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
    ///
    ///   statement {
    ///     actions   = ["secretsmanager:TagResource"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:RequestTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
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
    "ESC102" "retag-guard-half", Critical Leak High,
    properties: [OnePerPlace, OnePerStatement], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &TAGS) {
        let Some(guard) = danger
            .statement
            .conditions
            .iter()
            .find(|condition| tag(condition).is_some())
        else {
            continue;
        };
        let (old, new) = (
            "aws:ResourceTag/kubernetes-namespace",
            "aws:RequestTag/kubernetes-namespace",
        );
        let claims = danger
            .probe
            .clone()
            .with(old, "another-tenant")
            .with(new, "dev")
            .allowed(context, document);
        let gives = danger
            .probe
            .clone()
            .with(old, "dev")
            .with(new, "another-tenant")
            .allowed(context, document);
        let Some(proof) = claims.or(gives) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                guard.key.origin,
                "the only tag condition",
                format!("`{}` can move a secret to another tenant by its tag", document.object),
            )
            .because(danger.action)
            .related(danger.place, "this action")
            .help(danger.remedy("test both `aws:ResourceTag/…` (the present tag) and `aws:RequestTag/…` (the new tag)"))
            .request(Some(proof));
        findings.add(draft);
    }
}
