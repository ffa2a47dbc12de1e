//! CAT109 `key-not-evaluated-for-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::tag;
use crate::document::{Document, actions};
use crate::finding::Findings;

rule! {
    /// Flags a condition key that some of the listed actions do not support. The rule flags a pattern only if none of its
    /// actions supports the key.
    ///
    /// # Why it matters
    ///
    /// The request of such an action does not contain the key, so the condition never matches. The statement neither allows
    /// nor denies these actions, while it works for the others, and the difference shows only at run time.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:ListKeys"], "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:app": "shop"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Move these actions to another statement:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:app": "shop"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt", "kms:Encrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:EncryptionContext:app"
    ///       values   = ["shop"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT109" "key-not-evaluated-for-action", High Break High,
    properties: [Yields], needs: [Policies, Catalog], aws: ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let service_key = name
            .split_once(':')
            .is_some_and(|(prefix, _)| context.catalog.service(prefix).is_some());
        // Tags of the object have rules of their own.
        let asks =
            condition.parsed.is_some_and(is_positive) && service_key && tag(condition).is_none();
        if !asks || context.catalog.key(name).is_none() || context.catalog.global(name).is_some() {
            continue;
        }
        for value in actions(statement) {
            let text = value.text.literal();
            let Some((prefix, pattern)) = text.split_once(':') else {
                continue;
            };
            let Some(service) = context.catalog.service(prefix) else {
                continue;
            };
            let covered: Vec<_> = service.covered(pattern).collect();
            if covered.is_empty() || covered.iter().any(|action| service.carries(action, name)) {
                continue;
            }
            let message = format!("requests for `{text}` never contain `{name}`");
            findings.add(
                document
                    .dead(
                        statement,
                        RULE.severity,
                        value.origin,
                        "its requests never contain the key",
                        message,
                    )
                    .because(text)
                    .because(name)
                    .related(condition.key.origin, "this key")
                    .help("move the action to its own statement without this condition")
                    .once(statement.origin),
            );
        }
    }
}
