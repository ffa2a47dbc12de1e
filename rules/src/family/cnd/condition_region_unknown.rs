//! CND106 `condition-region-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, literal_values};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::text::regions;

rule! {
    /// Flags a condition on the region with a region that does not exist.
    ///
    /// # Why it matters
    ///
    /// An Allow with the region never matches. A Deny for all other regions also denies the region that the author intended.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-est-1"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an existing region:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}
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
    ///       variable = "aws:RequestedRegion"
    ///       values   = ["us-east-1"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND106" "condition-region-unknown", High Break High,
    needs: [Policies], aws: ["INVALID_REGION"], fix: None, Check::Document(check);
}

const KEYS: [&str; 2] = ["aws:requestedregion", "secretsmanager:secretprimaryregion"];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if !KEYS.contains(&key(condition).to_ascii_lowercase().as_str()) {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if has_wildcard(value) || regions::exists(value) {
                continue;
            }
            let message = format!("the region `{value}` does not exist");
            let draft = document
                .in_statement(statement, place, "no such region", message)
                .because(value);
            findings.add(match regions::nearest(value) {
                Some(near) => draft.help(format!("did you mean `{near}`?")),
                None => draft.help("write an existing region"),
            });
        }
    }
}
