//! CND204 `same-key-two-operators`.

use crate::conditions::{each, key};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::isolation::is_text;
use crate::rule::{Check, rule};

rule! {
    /// Flags two tests of one key in one statement that exclude each other: equal to a text, and not equal to it.
    ///
    /// # Why it matters
    ///
    /// The statement never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}, "StringNotEquals": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}, "StringNotEquals": {"aws:PrincipalTag/env": "a"}}}
    /// ```
    "CND204" "same-key-two-operators", Low Style High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let Some(operator) = condition.parsed.filter(|one| {
            is_text(*one) && one.qualifier.is_none() && !one.negated && !one.if_exists
        }) else {
            continue;
        };
        let opposite = statement.conditions.iter().find(|other| {
            let opposed = other.parsed.is_some_and(|one| {
                one.negated && one.comparison == operator.comparison && one.qualifier.is_none()
            });
            let excluded = condition
                .values
                .iter()
                .all(|value| other.values.iter().any(|not| not.text == value.text));
            opposed
                && key(other).eq_ignore_ascii_case(key(condition))
                && excluded
                && !condition.values.is_empty()
        });
        if let Some(opposite) = opposite {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "must be equal",
                    format!(
                        "`{}` must be equal and not equal: the statement never matches",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .related(opposite.key.origin, "must not be equal")
                .help("keep one of the two tests");
            findings.add(draft);
        }
    }
}
