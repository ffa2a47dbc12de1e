//! PRM211 `deny-without-effect`.

use crate::conditions::{each, is_positive, key};
use crate::context::Context;
use crate::document::{Document, is_deny};
use crate::finding::Findings;
use crate::rule::{Check, rule};
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a Deny that no request can match: its condition asks that one key is absent and has a value.
    ///
    /// # Why it matters
    ///
    /// It was written to keep something out, and keeps nothing out.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "true"}, "StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "true"}}}
    /// ```
    "PRM211" "deny-without-effect", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let absent = condition
            .parsed
            .is_some_and(|one| one.comparison == Comparison::Null && one.qualifier.is_none())
            && condition
                .values
                .iter()
                .all(|one| one.text.literal() == "true");
        let asked = statement.conditions.iter().find(|other| {
            key(other).eq_ignore_ascii_case(key(condition)) && other.parsed.is_some_and(is_positive)
        });
        if let Some(asked) = asked.filter(|_| absent && is_deny(statement)) {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "must be absent",
                    format!(
                        "`{}` must be absent and have a value: nothing is denied",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .related(asked.key.origin, "must have a value")
                .help("make two statements of it");
            findings.add(draft);
        }
    }
}
