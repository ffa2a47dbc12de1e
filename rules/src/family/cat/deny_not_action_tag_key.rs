//! CAT114 `deny-not-action-tag-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::tag_beside_not_action;
use crate::finding::Findings;
use policy_engine::policy::statement::Effect;

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
    let message = "actions that carry no tag of the object are not denied";
    findings.extend(tag_beside_not_action(document, Effect::Deny, message));
}
