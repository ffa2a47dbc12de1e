//! CND103 `condition-key-without-prefix`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags a condition key without a prefix and a colon.
    ///
    /// # Why it matters
    ///
    /// Every key is `prefix:name`; AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    "CND103" "condition-key-without-prefix", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_KEY_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let formed = name
            .split_once(':')
            .is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty());
        if !formed && condition.key.text.is_known() {
            let message = format!("`{name}` is no condition key: a key is `prefix:name`");
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.key.origin,
                    "no prefix",
                    message,
                )
                .because(name)
                .help(format!("aws:{name}, or the prefix of a service"));
            findings.add(draft);
        }
    }
}
