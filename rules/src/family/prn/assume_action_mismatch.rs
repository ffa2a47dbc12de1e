//! PRN112 `assume-action-mismatch`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, entries};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a trust policy whose action does not match its principal, such as a SAML provider with the action of a web
    /// identity.
    ///
    /// # Why it matters
    ///
    /// Each type of principal has its own action to assume a role. A statement with another action never matches, and STS
    /// denies the call. POD112 reports the same for EKS Pod Identity and IRSA.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the action of the principal's type:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:saml-provider/corp"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithSAML"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "SAML:aud"
    ///       values   = ["https://signin.aws.amazon.com/saml"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
    "PRN112" "assume-action-mismatch", High Break High,
    properties: [Yields], needs: [Policies], aws: ["MISMATCHED_ACTION_FOR_PRINCIPAL"], fix: None, Check::Document(check);
}

const WAYS: [&str; 3] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for statement in document.allows() {
        let entries: Vec<_> = entries(statement).collect();
        let fits = |way: &str| {
            entries
                .iter()
                .any(|entry| way_of(entry.kind, entry.value.text.literal()) == way)
        };
        let named: Vec<_> = actions(statement)
            .iter()
            .filter(|value| {
                WAYS.iter()
                    .any(|way| way.eq_ignore_ascii_case(value.text.literal()))
            })
            .collect();
        if entries.is_empty()
            || entries.iter().any(|entry| !entry.value.text.is_known())
            || named.is_empty()
            || named.iter().any(|value| {
                WAYS.iter()
                    .any(|way| way.eq_ignore_ascii_case(value.text.literal()) && fits(way))
            })
        {
            continue;
        }
        let Some((wrong, first)) = named.first().zip(entries.first()) else {
            continue;
        };
        let right = way_of(first.kind, first.value.text.literal());
        let draft = document
            .in_statement(
                statement,
                wrong.origin,
                "not the action of this principal",
                format!(
                    "`{}` assumes a role with {right}",
                    first.value.text.literal()
                ),
            )
            .because(wrong.text.literal())
            .related(first.value.origin, "this principal")
            .help(format!("\"{right}\""));
        findings.add(draft);
    }
}

/// How a principal assumes a role.
fn way_of(kind: PrincipalKind, text: &str) -> &'static str {
    match kind {
        PrincipalKind::Federated if text.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
        PrincipalKind::Federated => "sts:AssumeRoleWithWebIdentity",
        PrincipalKind::Everyone
        | PrincipalKind::Aws
        | PrincipalKind::Service
        | PrincipalKind::CanonicalUser => "sts:AssumeRole",
    }
}
