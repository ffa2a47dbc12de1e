//! CAT114 `deny-not-action-tag-key`.

use crate::conditions::{each, is_positive, key};
use crate::context::Context;
use crate::document::{Document, is_deny};
use crate::finding::Findings;
use crate::isolation::{Tag, tag};
use crate::rule::{Check, rule};

rule! {
    /// Flags a Deny with `NotAction` and a test that asks for a tag of the object.
    ///
    /// # Why it matters
    ///
    /// Every action that carries no such tag escapes.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    "CAT114" "deny-not-action-tag-key", High Leak High,
    needs: [Policies], aws: ["DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let negated = statement
            .action
            .as_ref()
            .filter(|one| one.negated && document.is_identity());
        let asks = condition.parsed.is_some_and(is_positive)
            && matches!(tag(condition), Some(Tag::Resource(_)));
        if let Some(element) = negated.filter(|_| asks && is_deny(statement)) {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "many actions carry no tag",
                    "actions that carry no tag of the object are not denied",
                )
                .because(key(condition))
                .related(element.key, "everything but these")
                .help("list the actions that are meant");
            findings.add(draft);
        }
    }
}
