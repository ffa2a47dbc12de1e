//! CND129 `source-ip-partly-private`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags private addresses in a condition on `aws:SourceIp` that also has public addresses.
    ///
    /// # Why it matters
    ///
    /// `aws:SourceIp` contains public addresses only, so the private ranges never match. A caller in the VPC has no access,
    /// although the policy lists its range.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep the public addresses:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
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
    "CND129" "source-ip-partly-private", Info Style High,
    needs: [Policies], aws: ["PRIVATE_IP_ADDRESS_SUBSET"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition, private, all) in crate::document::addresses::source(document, false)
    {
        if let Some(first) = private.first().filter(|_| private.len() < all) {
            let draft = document
                .in_statement(
                    statement,
                    *first,
                    "has no effect",
                    "`aws:SourceIp` is never a private address",
                )
                .because(key(condition))
                .help("remove the private range from the list");
            findings.add(draft);
        }
    }
}
