//! CND104 `several-booleans`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a truth value that is compared with both `true` and `false`.
    ///
    /// # Why it matters
    ///
    /// One of them always fits: the test holds whenever the key is there, and asks nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    /// ```
    "CND104" "several-booleans", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_MULTIPLE_BOOLEAN"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let is_bool = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::Bool && operator.qualifier.is_none()
        });
        if is_bool && condition.values.len() > 1 {
            let message = format!("`{}` is compared with several truth values", key(condition));
            let draft = document
                .in_statement(
                    statement,
                    condition.origin,
                    "one of them always fits",
                    message,
                )
                .because(key(condition))
                .help("keep the one that is meant");
            findings.add(draft);
        }
    }
}
