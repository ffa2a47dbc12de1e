//! CND110 `not-source-ip-private`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags `NotIpAddress` on `aws:SourceIp` with private addresses only.
    ///
    /// # Why it matters
    ///
    /// `aws:SourceIp` contains public addresses only, so the condition always matches. An Allow applies from every address,
    /// and a Deny denies every address.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write public addresses, or use `aws:VpcSourceIp` with `aws:SourceVpc`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
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
    ///       test     = "NotIpAddress"
    ///       variable = "aws:SourceIp"
    ///       values   = ["203.0.113.0/24"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND110" "not-source-ip-private", High Break High,
    needs: [Policies], aws: ["PRIVATE_NOT_IP_ADDRESS"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition, private, all) in crate::document::addresses::source(document, true) {
        if private.len() == all {
            let draft = document
                .in_statement(
                    statement,
                    condition.origin,
                    "private addresses only",
                    "`aws:SourceIp` is never a private address, so the condition always matches",
                )
                .because(key(condition))
                .help("test `aws:VpcSourceIp` together with `aws:SourceVpc` instead");
            findings.add(draft);
        }
    }
}
