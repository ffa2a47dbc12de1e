//! CAT114 `deny-not-action-tag-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::tag_beside_not_action;
use crate::finding::Findings;
use policy_engine::policy::statement::Effect;

rule! {
    /// Flags a Deny with `NotAction` and a condition on a resource tag.
    ///
    /// # Why it matters
    ///
    /// The request of an action without resource tags does not contain the tag, so the condition does not match. The Deny
    /// covers fewer actions than `NotAction` suggests.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT114" "deny-not-action-tag-key", High Leak High,
    needs: [Policies], aws: ["DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let message = "requests without a tag of the object do not match the condition, so this statement does not deny them";
    findings.extend(tag_beside_not_action(document, Effect::Deny, message));
}
