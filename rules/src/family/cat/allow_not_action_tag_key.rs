//! CAT116 `allow-not-action-tag-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::tag_beside_not_action;
use crate::finding::Findings;
use policy_engine::policy::statement::Effect;

rule! {
    /// Flags an Allow with `NotAction` and a condition on a resource tag.
    ///
    /// # Why it matters
    ///
    /// The condition matches only for actions that support resource tags. `NotAction` does not show which actions these are,
    /// so a reader cannot see what the statement allows.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
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
    "CAT116" "allow-not-action-tag-key", Info Style High,
    needs: [Policies], aws: ["ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let message = "the condition requires a tag of the object, so the statement allows only actions whose requests have the tag";
    findings.extend(tag_beside_not_action(document, Effect::Allow, message));
}
