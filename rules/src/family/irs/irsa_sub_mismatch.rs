//! IRS105 `irsa-sub-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};
use policy_engine::inventory::Via;

rule! {
    /// Flags a trust policy whose condition on the subject does not match the service account that is annotated with the
    /// role.
    ///
    /// # Why it matters
    ///
    /// STS denies `AssumeRoleWithWebIdentity` for the pods of this service account. The error appears only when a pod mounts
    /// its secrets.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub: system:serviceaccount:dev:legacy
    /// +                oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub: system:serviceaccount:legacy:dev
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT`:
    ///
    /// ```yaml
    /// oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub: system:serviceaccount:dev:legacy
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
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    "IRS105" "irsa-sub-mismatch", High Break High,
    properties: [Generic], needs: [Annotations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return refusal
            .general(case, Ground::Trust)
            .filter(|_| case.walk.via == Some(Via::Irsa));
    };
    (trust.is_irsa && trust.key().is_some()).then(|| refusal.draft(case))
}
