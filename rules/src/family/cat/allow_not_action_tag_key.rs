//! CAT116 `allow-not-action-tag-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::tag_beside_not_action;
use crate::finding::Findings;
use policy_engine::policy::statement::Effect;

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
    let message = "only actions that carry a tag of the object are allowed";
    findings.extend(tag_beside_not_action(document, Effect::Allow, message));
}
