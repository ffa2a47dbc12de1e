//! CND116 `wildcard-in-sensitive-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key, literal_values};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a pattern on a key that identifies the caller, if the pattern is `*` or has fewer than six characters before its
    /// first wildcard.
    ///
    /// # Why it matters
    ///
    /// Such a pattern matches almost every caller. The condition looks like a restriction, but protects almost nothing.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "A*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the complete value, or a longer prefix:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLEID12345678:*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:root"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "aws:userid"
    ///       values   = ["AROAEXAMPLEID12345678:*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND116" "wildcard-in-sensitive-key", High Leak High,
    needs: [Policies], aws: ["WILDCARD_USAGE_TOO_PERMISSIVE"], fix: None, Check::Document(check);
}

/// Keys that identify the caller, or the principal on whose behalf a service calls.
const SENSITIVE: [&str; 9] = [
    "aws:userid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceidentity",
    "sts:externalid",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let by_pattern = condition.parsed.is_some_and(|operator| {
            !operator.negated
                && matches!(
                    operator.comparison,
                    Comparison::StringLike | Comparison::Arn
                )
        });
        // The id that a caller sends identifies no caller in its own policy.
        let is_of_caller =
            document.is_identity() && key(condition).eq_ignore_ascii_case("sts:ExternalId");
        if !is_allow(statement)
            || !by_pattern
            || is_of_caller
            || !SENSITIVE.contains(&key(condition).to_ascii_lowercase().as_str())
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            let fixed = value.find(['*', '?']);
            // An ARN with a whole account or name behind its wildcards is specific enough.
            let is_specific = value.split(['*', '?']).any(|part| part.len() >= 6);
            if fixed.is_none_or(|at| at >= 6) || is_specific {
                continue;
            }
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "matches nearly every value",
                    format!(
                        "the pattern `{value}` matches nearly every `{}`",
                        key(condition)
                    ),
                )
                .because(value)
                .help("write the exact value");
            findings.add(draft);
        }
    }
}
