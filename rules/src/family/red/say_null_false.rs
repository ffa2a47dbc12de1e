//! RED111 `say-null-false`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::isolates;
use crate::document::{Document, READS, named};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a test that only asks whether a key is there.
    ///
    /// # Why it matters
    ///
    /// `Null` says so. On the tags that keep tenants apart it is TAG110.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "false"}}}
    /// ```
    "RED111" "say-null-false", Info Style High,
    needs: [Policies], aws: ["EQUIVALENT_TO_NULL_FALSE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let asks = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike
                && operator.qualifier.is_none()
                && is_positive(operator)
        });
        let elsewhere = isolates(condition) && named(statement, &READS).is_some();
        if asks
            && !elsewhere
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "any value",
                format!("the test only asks whether `{}` is there", key(condition)),
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help(format!("\"Null\": {{\"{}\": \"false\"}}", key(condition))),
            );
        }
    }
}
