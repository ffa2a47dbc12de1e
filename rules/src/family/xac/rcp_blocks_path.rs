//! XAC109 `rcp-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a resource control policy that denies the actions of a pod's mounts.
    ///
    /// # Why it matters
    ///
    /// A resource control policy limits the access to the resources of an account, whatever their own policies allow. It
    /// applies to Secrets Manager, KMS and STS, but not to Parameter Store, so the same role may read a parameter and not the
    /// secret.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              StringNotEqualsIfExists: { aws:PrincipalOrgID: o-a1b2c3d4e5 }
    /// +              StringNotEqualsIfExists: { aws:PrincipalOrgID: o-z9y8x7w6v5 }
    /// ```
    ///
    /// # Accepted
    ///
    /// Except the organization, account or role of the pod in the condition of the Deny:
    ///
    /// ```yaml
    /// StringNotEqualsIfExists: { aws:PrincipalOrgID: o-a1b2c3d4e5 }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "members_only" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     condition {
    ///       test     = "StringNotEqualsIfExists"
    ///       variable = "aws:PrincipalOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///     condition {
    ///       test     = "BoolIfExists"
    ///       variable = "aws:PrincipalIsAWSService"
    ///       values   = ["false"]
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
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>
    "XAC109" "rcp-blocks-path", High Break High,
    properties: [Generic], needs: [Organization], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Rcp)
}
