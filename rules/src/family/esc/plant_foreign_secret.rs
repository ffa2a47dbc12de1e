//! ESC104 `plant-foreign-secret`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::{isolates, reading};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to create secrets with the tags of
    /// another tenant.
    ///
    /// # Why it matters
    ///
    /// The pod can create a secret that belongs to another tenant by its tags. The other tenant's pod then reads a credential
    /// that the attacker chose.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the caller's own tag on the new secret:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
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
    ///     actions   = ["secretsmanager:CreateSecret"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:RequestTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "ESC104" "plant-foreign-secret", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    // Only where tags keep tenants apart does it matter with which tags a secret is made.
    if !reading(document).any(|(statement, _)| statement.conditions.iter().any(isolates)) {
        return;
    }
    for danger in
        crate::ask::tampering::allowed(context, document, &["secretsmanager:CreateSecret"])
    {
        let probe = danger
            .probe
            .clone()
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant");
        let Some(proof) = probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "allowed with any tags",
                format!(
                    "`{}` can create secrets with the tags of another tenant",
                    document.object
                ),
            )
            .because(danger.action)
            .help(danger.remedy("add to Condition.StringEquals: \"aws:RequestTag/kubernetes-namespace\": \"${aws:PrincipalTag/kubernetes-namespace}\""))
            .request(Some(proof));
        findings.add(draft);
    }
}
