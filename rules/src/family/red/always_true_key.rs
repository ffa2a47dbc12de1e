//! RED118 `always-true-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::tags::isolates;
use crate::document::{Document, READS, named};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a test that always holds: `IfExists` with a pattern that fits every value.
    ///
    /// # Why it matters
    ///
    /// It says nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLikeIfExists": {"kms:ViaService": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "RED118" "always-true-key", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let loose = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike && operator.if_exists && !operator.negated
        });
        let elsewhere = isolates(condition) && named(statement, &READS).is_some();
        if loose
            && !elsewhere
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "always holds",
                format!("the test of `{}` always holds", key(condition)),
            );
            findings.add(draft.because(key(condition)).help("remove it"));
        }
    }
}
