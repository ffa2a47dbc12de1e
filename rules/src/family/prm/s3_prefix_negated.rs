//! PRM115 `s3-prefix-negated`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `s3:prefix` where it is to keep something out: a Deny on a pattern, or an Allow on all but a pattern.
    ///
    /// # Why it matters
    ///
    /// A listing with a shorter prefix, or none, shows what was to be hidden.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "private/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "public/*"}}}
    /// ```
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
                    "a shorter prefix slips through",
                    "a listing with a shorter prefix is not stopped",
                )
                .because(key(condition))
                .help("allow the prefixes that may be listed instead");
            findings.add(draft);
        }
    }
}
