//! CAT112 `key-of-few-services`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags `aws:VpceAccount`, `aws:VpceOrgID` or `aws:VpceOrgPaths` in a statement about all services.
    ///
    /// # Why it matters
    ///
    /// Only some services set these keys. For the other services a condition that requires the key never matches, and a
    /// negated condition always matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List services that support the key:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:*"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:VpceOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CAT112" "key-of-few-services", Medium Break High,
    needs: [Policies], aws: ["USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"], fix: None, Check::Document(check);
}

const FEW: [&str; 3] = ["aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let everything = statement.action.as_ref().is_some_and(|list| {
            list.negated || list.values.iter().any(|value| value.text.literal() == "*")
        });
        if everything && FEW.contains(&key(condition).to_ascii_lowercase().as_str()) {
            let message = format!(
                "only some services set `{}`, and this statement matches all services",
                key(condition)
            );
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "not set by every service",
                    message,
                )
                .because(key(condition))
                .help("list the actions of these services in `Action`");
            findings.add(draft);
        }
    }
}
