//! CAT113 `deny-tag-key-unsupported`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::{Tag, tag};
use crate::document::{Document, actions, is_deny};
use crate::finding::Findings;

rule! {
    /// Flags a Deny with a condition on a resource tag for actions that do not support resource tags.
    ///
    /// # Why it matters
    ///
    /// The request of such an action does not contain the tag, so the condition never matches. The statement does not deny
    /// these actions, although it lists them.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Deny these actions in a statement without the condition:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
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
    "CAT113" "deny-tag-key-unsupported", High Leak High,
    needs: [Policies, Catalog], aws: ["DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let asks = condition.parsed.is_some_and(is_positive);
        if !is_deny(statement) || !asks || !matches!(tag(condition), Some(Tag::Resource(_))) {
            continue;
        }
        for value in actions(statement) {
            let text = value.text.literal();
            let Some((service, action)) = context.catalog.action(text) else {
                continue;
            };
            if service.carries(action, key(condition)) {
                continue;
            }
            let message = format!(
                "requests for `{text}` do not contain tags of the object, so this statement does not deny the action"
            );
            findings.add(
                document
                    .in_statement(statement, value.origin, "not denied", message)
                    .because(text)
                    .related(condition.key.origin, "this key")
                    .help("deny the action in a statement without this condition")
                    .once(statement.origin),
            );
        }
    }
}
