//! CAT116 `allow-not-action-tag-key`.

use crate::conditions::{each, is_positive, key};
use crate::context::Context;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::isolation::{Tag, tag};
use crate::rule::{Check, rule};

rule! {
    /// Flags an Allow with `NotAction` and a test that asks for a tag of the object.
    ///
    /// # Why it matters
    ///
    /// Only the actions that carry such a tag are allowed, which `NotAction` hides.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    "CAT116" "allow-not-action-tag-key", Info Style High,
    needs: [Policies], aws: ["ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let negated = statement
            .action
            .as_ref()
            .filter(|one| one.negated && document.is_identity());
        let asks = condition.parsed.is_some_and(is_positive)
            && matches!(tag(condition), Some(Tag::Resource(_)));
        if let Some(element) = negated.filter(|_| asks && is_allow(statement)) {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "many actions carry no tag",
                    "only actions that carry a tag of the object are allowed",
                )
                .because(key(condition))
                .related(element.key, "everything but these")
                .help("list the actions that are meant");
            findings.add(draft);
        }
    }
}
