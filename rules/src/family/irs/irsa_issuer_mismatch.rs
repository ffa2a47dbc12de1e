//! IRS107 `irsa-issuer-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy that names another issuer than the cluster of the annotated service account.
    ///
    /// # Why it matters
    ///
    /// STS accepts only tokens of the named issuer and denies `AssumeRoleWithWebIdentity` otherwise. A new cluster has a new
    /// issuer, and trust policies often keep the old one.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// +              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/OLDD539D4633E53DE1B71EXAMPLE000
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the identity provider of the cluster:
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
    /// # Fix
    ///
    /// Unsafe: replaces the provider with the cluster's provider if it is the only principal.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    "IRS107" "irsa-issuer-mismatch", High Break High,
    properties: [Generic], needs: [Annotations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (trust.is_irsa && trust.is_about_principal()).then(|| refusal.draft(case))
}
