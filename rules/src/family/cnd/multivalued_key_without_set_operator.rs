//! CND107 `multivalued-key-without-set-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, many};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a key that holds many values, compared without `ForAnyValue:` or `ForAllValues:`.
    ///
    /// # Why it matters
    ///
    /// What becomes of such a comparison is not defined; AWS refuses it.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": ["team", "env"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "env"]}}}
    /// ```
    "CND107" "multivalued-key-without-set-operator", High Break High,
    needs: [Policies, Catalogue], aws: ["MISSING_QUALIFIER"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let plain = condition.parsed.is_some_and(|operator| {
            operator.qualifier.is_none() && operator.comparison != Comparison::Null
        });
        if plain && many(context.catalogue, condition) == Some(true) {
            let message = format!("`{}` holds many values", key(condition));
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.operator.origin,
                    "no set operator",
                    message,
                )
                .because(key(condition))
                .help(format!(
                    "ForAnyValue:{name}, or ForAllValues:{name} beside a `Null` test",
                    name = condition.operator.value
                ));
            findings.add(draft);
        }
    }
}
