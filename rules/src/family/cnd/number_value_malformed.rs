//! CND122 `number-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a numeric operator with a value that is no number.
    ///
    /// # Why it matters
    ///
    /// The test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "1h"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}
    /// ```
    "CND122" "number-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_NUMBER"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| !matches!(operator.comparison, Comparison::Numeric(_)))
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if value.parse::<f64>().is_ok() {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no number",
                    format!("`{value}` is no number"),
                )
                .because(value)
                .help("write digits");
            findings.add(draft);
        }
    }
}
