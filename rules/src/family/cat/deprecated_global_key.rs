//! CAT111 `deprecated-global-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags a global condition key that AWS has replaced by another key.
    ///
    /// # Why it matters
    ///
    /// Only a few services still set `aws:SourceOwner`. For all other services the condition never matches.
    /// `aws:SourceAccount` is the replacement.
    ///
    /// # Flagged
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceOwner": "111122223333"}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:topic"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the new key:
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["sns.amazonaws.com"]
    ///     }
    ///     actions   = ["sqs:SendMessage"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT111" "deprecated-global-key", Medium Fragile High,
    needs: [Policies], aws: ["DEPRECATED_GLOBAL_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if key(condition).eq_ignore_ascii_case("aws:SourceOwner") {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "a deprecated key",
                    "`aws:SourceOwner` is deprecated; `aws:SourceAccount` replaces it",
                )
                .because(key(condition))
                .help("replace the key with `aws:SourceAccount`");
            findings.add(draft);
        }
    }
}
