//! ORG104 `rcp-allow`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an Allow in a resource control policy.
    ///
    /// # Why it matters
    ///
    /// Only the AWS managed policy `RCPFullAWSAccess` contains an Allow. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Deny the requests that you exclude:
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
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>
    "ORG104" "rcp-allow", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_ALLOW"], fix: None, Check::Mistake(&[Mistake::RcpAllow]);
}
