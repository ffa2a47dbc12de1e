//! CND125 `unpaired-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags `aws:VpcSourceIp` without `aws:SourceVpc` or `aws:SourceVpce`.
    ///
    /// # Why it matters
    ///
    /// Private addresses are not unique: any account can create a VPC with the same range. The condition then also matches
    /// callers outside the author's network.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the VPC as well:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}}
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
    ///       test     = "IpAddress"
    ///       variable = "aws:VpcSourceIp"
    ///       values   = ["10.0.0.0/8"]
    ///     }
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
    "CND125" "unpaired-key", High Leak High,
    needs: [Policies], aws: ["MISSING_PAIRED_CONDITION_KEYS"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let partner = || {
            statement.conditions.iter().any(|condition| {
                key(condition)
                    .to_ascii_lowercase()
                    .starts_with("aws:sourcevpc")
            })
        };
        if key(condition).eq_ignore_ascii_case("aws:VpcSourceIp")
            && is_allow(statement)
            && !partner()
        {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "matches addresses of any VPC",
                    "`aws:VpcSourceIp` without `aws:SourceVpc` matches the same address in any VPC",
                )
                .because(key(condition))
                .help("add a condition on `aws:SourceVpc` to the statement");
            findings.add(draft);
        }
    }
}
