//! PRM115 `s3-prefix-negated`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `s3:prefix` as an exclusion: a Deny for a pattern, or an Allow with a negated pattern.
    ///
    /// # Why it matters
    ///
    /// A caller that lists the bucket with a shorter prefix, or without a prefix, gets the names of the excluded objects as
    /// well. The exclusion hides nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "private/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the prefixes that the caller may list:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "public/*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["s3:ListBucket"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "s3:prefix"
    ///       values   = ["public/*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRM115" "s3-prefix-negated", High Leak High,
    needs: [Policies], aws: ["S3_PREFIX_IN_NEGATIVE_CONTEXT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let like = condition
            .parsed
            .filter(|operator| operator.comparison == Comparison::StringLike);
        let keeps_out = like.is_some_and(|operator| operator.negated == is_allow(statement));
        if keeps_out && key(condition).eq_ignore_ascii_case("s3:prefix") {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "a shorter prefix does not match",
                    "the Deny does not match a listing with a shorter prefix",
                )
                .because(key(condition))
                .help("allow the permitted prefixes instead");
            findings.add(draft);
        }
    }
}
