//! CND112 `vpc-id-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::malformed_ids;
use crate::finding::Findings;

rule! {
    /// Flags a value of `aws:SourceVpc` that is not the id of a VPC.
    ///
    /// # Why it matters
    ///
    /// AWS compares the value with the id of the VPC of the request, such as `vpc-0a1b2c3d`, and the condition never matches.
    /// An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-123"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the id of the VPC:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}}
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
    ///       variable = "aws:SourceVpc"
    ///       values   = ["vpc-0a1b2c3d"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND112" "vpc-id-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_VPC_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let ids = ("aws:SourceVpc", "vpc-", "VPC");
    findings.extend(malformed_ids(document, RULE.severity, ids));
}
