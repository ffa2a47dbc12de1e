//! CAT109 `key-not-evaluated-for-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::tag;
use crate::document::{Document, actions};
use crate::finding::Findings;

rule! {
    /// Flags a statement whose condition asks for a key that some of its listed actions never carry.
    ///
    /// # Why it matters
    ///
    /// Those actions are never allowed, or never denied, by it. Patterns count as a whole: they are flagged when none of the
    /// actions they stand for carries the key.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:ListKeys"], "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:app": "shop"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:app": "shop"}}}
    /// ```
    "CAT109" "key-not-evaluated-for-action", High Break High,
    needs: [Policies, Catalogue], aws: ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let service_key = name
            .split_once(':')
            .is_some_and(|(prefix, _)| context.catalogue.service(prefix).is_some());
        // Tags of the object have rules of their own.
        let asks =
            condition.parsed.is_some_and(is_positive) && service_key && tag(condition).is_none();
        if !asks
            || context.catalogue.key(name).is_none()
            || context.catalogue.global(name).is_some()
        {
            continue;
        }
        for value in actions(statement) {
            let text = value.text.literal();
            let Some((prefix, pattern)) = text.split_once(':') else {
                continue;
            };
            let Some(service) = context.catalogue.service(prefix) else {
                continue;
            };
            let meant: Vec<_> = service.covered(pattern).collect();
            if meant.is_empty() || meant.iter().any(|action| service.carries(action, name)) {
                continue;
            }
            let message = format!("requests for `{text}` never carry `{name}`");
            findings.add(
                document
                    .dead(
                        statement,
                        RULE.severity,
                        value.origin,
                        "never carries the key",
                        message,
                    )
                    .because(text)
                    .because(name)
                    .related(condition.key.origin, "this key")
                    .help("give the action a statement of its own")
                    .once(statement.origin),
            );
        }
    }
}
