//! RED115 `covered-number`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::{Comparison, Relation};

rule! {
    /// Flags several thresholds in one comparison of numbers.
    ///
    /// # Why it matters
    ///
    /// They are alternatives: the widest one decides.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": ["600", "900"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}}
    /// ```
    "RED115" "covered-number", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_CONDITION_VALUE_NUM"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let threshold = condition.parsed.is_some_and(|operator| matches!(operator.comparison, Comparison::Numeric(relation) if relation != Relation::Equals));
        if threshold && condition.values.len() > 1 {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "the widest one decides",
                "several thresholds are alternatives",
            );
            findings.add(draft.because(key(condition)).help("keep the widest one"));
        }
    }
}
