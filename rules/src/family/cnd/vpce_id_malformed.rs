//! CND113 `vpce-id-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::malformed_ids;
use crate::finding::Findings;

rule! {
    /// Flags a value of `aws:SourceVpce` that is not the id of a VPC endpoint.
    ///
    /// # Why it matters
    ///
    /// AWS compares the value with the id of the endpoint of the request, such as `vpce-0a1b2c3d`, and the condition never
    /// matches. An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpc-0a1b2c3d"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the id of the endpoint, which begins with `vpce-`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceVpce"
    ///       values   = ["vpce-0a1b2c3d"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND113" "vpce-id-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_VPCE_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let ids = ("aws:SourceVpce", "vpce-", "VPC endpoint");
    findings.extend(malformed_ids(document, RULE.severity, ids));
}
