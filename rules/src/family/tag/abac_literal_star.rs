//! TAG114 `abac-literal-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::document::tags::tag;
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `*` or `?` in the value of a tag that an exact operator compares.
    ///
    /// # Why it matters
    ///
    /// It is compared letter by letter, and no tag has such a value. `StringLike` would open what TAG111 warns of.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "team-*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": ["team-a", "team-b"]}}}
    /// ```
    "TAG114" "abac-literal-star", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let exact = condition.parsed.is_some_and(|operator| {
            matches!(
                operator.comparison,
                Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
            )
        });
        if !exact || tag(condition).is_none() {
            continue;
        }
        for (value, place) in literal_values(condition).filter(|(value, _)| has_wildcard(value)) {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no wildcard here",
                    format!("`{value}` is compared letter by letter"),
                )
                .because(value)
                .help("list the values that are meant");
            findings.add(draft);
        }
    }
}
