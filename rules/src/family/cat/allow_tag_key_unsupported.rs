//! CAT115 `allow-tag-key-unsupported`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::{Tag, tag};
use crate::document::{Document, actions, is_allow};
use crate::finding::Findings;
use policy_engine::service::ServiceProfile;

rule! {
    /// Flags an Allow with a condition on a resource tag for actions that do not support resource tags.
    ///
    /// # Why it matters
    ///
    /// The condition never matches for these actions, so the statement does not allow them. TAG123 reports the same for the
    /// actions of secrets and parameters.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:ListKeys"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Move these actions to a statement without the condition:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
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
    "CAT115" "allow-tag-key-unsupported", Info Style High,
    needs: [Policies, Catalog], aws: ["ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let asks = condition.parsed.is_some_and(is_positive)
            && matches!(tag(condition), Some(Tag::Resource(_)));
        if !is_allow(statement) || !asks {
            continue;
        }
        for value in actions(statement) {
            let text = value.text.literal();
            let Some((service, action)) = context.catalog.action(text) else {
                continue;
            };
            if service.carries(action, key(condition))
                || ServiceProfile::mounted().any(|own| own.service == service.prefix)
            {
                continue;
            }
            let message = format!(
                "requests for `{text}` do not contain tags of the object, so this statement never allows the action"
            );
            findings.add(
                document
                    .in_statement(statement, value.origin, "never allowed", message)
                    .because(text)
                    .related(condition.key.origin, "this key")
                    .help("allow the action in a statement without this condition")
                    .once(statement.origin),
            );
        }
    }
}
