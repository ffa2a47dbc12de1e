//! CND202 `null-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::each;
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `Null` with a value other than `true` or `false`.
    ///
    /// # Why it matters
    ///
    /// `Null` compares only with `true` and `false`, so the condition never matches. An Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "no"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `true` for an absent key, and `false` for an existing key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "false"}}}
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
    ///       test     = "Null"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["false"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "CND202" "null-value-malformed", Medium Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| operator.comparison != Comparison::Null)
        {
            continue;
        }
        for value in &condition.values {
            let Some((value, place)) = value.text.known().map(|text| (text, value.origin)) else {
                continue;
            };
            if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a boolean",
                    format!("`{value}` is neither `true` nor `false`"),
                )
                .because(value)
                .help("write \"true\" if the key must be absent, \"false\" if the key must be present");
            findings.add(draft);
        }
    }
}
