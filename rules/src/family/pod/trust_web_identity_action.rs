//! POD112 `trust-web-identity-action`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy whose action does not match its principal: `sts:AssumeRole` for a web identity provider, or
    /// `sts:AssumeRoleWithWebIdentity` for a service or a role.
    ///
    /// # Why it matters
    ///
    /// A web identity provider calls `sts:AssumeRoleWithWebIdentity`, and EKS Pod Identity calls `sts:AssumeRole`. A
    /// statement with the other action never matches, and the pod gets no credentials. The mistake is typical of an
    /// unfinished move between IRSA and Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -            Action: sts:AssumeRoleWithWebIdentity
    /// +            Action: sts:AssumeRole
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `sts:AssumeRoleWithWebIdentity` for IRSA:
    ///
    /// ```yaml
    /// Action: sts:AssumeRoleWithWebIdentity
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD112" "trust-web-identity-action", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (trust.is_irsa && trust.is_about_action()).then(|| refusal.draft(case))
}
