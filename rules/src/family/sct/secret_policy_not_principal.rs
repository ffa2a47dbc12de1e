//! SCT120 `secret-policy-not-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, is_allow};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `NotPrincipal` in the policy of a secret or key.
    ///
    /// # Why it matters
    ///
    /// In an Allow, `NotPrincipal` matches all other principals, of any account. In a Deny, it also matches the sessions of
    /// the listed roles, because a session is a different principal than its role, and so denies access to these roles.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Principal: "*"` with a condition on `aws:PrincipalArn`:
    ///
    /// ```json secret
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect = "Deny"
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ArnNotEquals"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    "SCT120" "secret-policy-not-principal", High Leak High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(
        (document.kind, document.owner),
        (PolicyType::Key, _) | (PolicyType::Resource, Owner::Secret(_))
    ) {
        return;
    }
    for statement in document.statements() {
        let Some(element) = statement
            .principal
            .as_ref()
            .filter(|element| element.negated)
        else {
            continue;
        };
        let (label, message) = if is_allow(statement) {
            (
                "every other principal",
                "this Allow with `NotPrincipal` allows every other principal of every AWS account",
            )
        } else {
            (
                "the roles, not their sessions",
                "this Deny with `NotPrincipal` also denies the sessions of the listed roles",
            )
        };
        let draft = document
            .in_statement(statement, element.key, label, message)
            .help("write \"Principal\": \"*\" with a condition on `aws:PrincipalArn`");
        findings.add(draft);
    }
}
