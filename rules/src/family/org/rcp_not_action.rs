//! ORG105 `rcp-not-action`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NotAction` in a resource control policy.
    ///
    /// # Why it matters
    ///
    /// A resource control policy supports `Action` only. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions:
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
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
    ///     actions   = ["s3:*"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "Bool"
    ///       variable = "aws:SecureTransport"
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
    "ORG105" "rcp-not-action", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_NOTACTION"], fix: None, Check::Mistake(&[Mistake::RcpNotAction]);
}
