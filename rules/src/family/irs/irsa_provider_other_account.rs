//! IRS108 `irsa-provider-other-account`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Owner;
use crate::finding::Findings;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a trust policy with an identity provider of another account than the role.
    ///
    /// # Why it matters
    ///
    /// STS uses only identity providers in the account of the role, so the statement never matches. The pod gets no
    /// credentials.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=IRS107
    /// -              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// +              Federated: arn:aws:iam::444455556666:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// ```
    ///
    /// # Accepted
    ///
    /// Create the identity provider in the role's account, and name it:
    ///
    /// ```yaml
    /// Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// locals {
    ///   issuer = replace(aws_iam_openid_connect_provider.prod.url, "https://", "")
    /// }
    ///
    /// data "aws_iam_policy_document" "legacy_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = [aws_iam_openid_connect_provider.prod.arn]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:sub"
    ///       values   = ["system:serviceaccount:dev:legacy"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    "IRS108" "irsa-provider-other-account", High Break High,
    needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in &context.documents {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let Some(account) = Arn::parse(&role.arn).map(|arn| arn.account) else {
            continue;
        };
        for (statement, entry, host) in crate::document::clusters(document) {
            let own = Arn::parse(entry.value.text.literal())
                .is_none_or(|arn| arn.account == account || arn.account.is_empty());
            if own {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "a provider of another account",
                    format!(
                        "the identity provider is not in the account of `{}`",
                        document.object
                    ),
                )
                .because(host)
                .help(format!("arn:aws:iam::{account}:oidc-provider/{host}"));
            findings.add(draft);
        }
    }
}
