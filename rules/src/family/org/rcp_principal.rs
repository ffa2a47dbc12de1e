//! ORG103 `rcp-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a resource control policy with a principal other than `"*"`.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. A condition on the principal selects the callers.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `"*"`, and compare the principal in a condition:
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["secretsmanager:*"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalAccount"
    ///       values   = ["111122223333"]
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG103" "rcp-principal", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::RcpPrincipal]);
}
