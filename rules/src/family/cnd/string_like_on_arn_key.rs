//! CND126 `string-like-on-arn-key`.

use crate::catalog::ValueType;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, literal_values, value_type};
use crate::document::{Document, is_deny};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `StringLike` with `*` on a key that contains an ARN.
    ///
    /// # Why it matters
    ///
    /// With `StringLike`, `*` also matches colons, so a pattern for one account can match an ARN of another account.
    /// `ArnLike` compares each part of the ARN.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `ArnLike`:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}}
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
    ///       test     = "ArnLike"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::*:role/app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND126" "string-like-on-arn-key", High Leak High,
    needs: [Policies, Catalog], aws: ["STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let like = condition
            .parsed
            .filter(|operator| operator.comparison == Comparison::StringLike);
        let Some(operator) =
            like.filter(|_| value_type(context.catalog, condition) == Some(ValueType::Arn))
        else {
            continue;
        };
        // A Deny that is too wide allows nothing.
        if is_deny(statement) && !operator.negated {
            continue;
        }
        // A star at the very end, behind all colons, reaches no further than with `ArnLike`.
        let reaches = |value: &str| {
            let parts: Vec<_> = value.splitn(6, ':').collect();
            value != "*" && (parts.len() < 6 || parts.iter().take(5).any(|part| has_wildcard(part)))
        };
        let Some((value, place)) =
            literal_values(condition).find(|(value, _)| has_wildcard(value) && reaches(value))
        else {
            continue;
        };
        let right = if operator.negated {
            "ArnNotLike"
        } else {
            "ArnLike"
        };
        let draft = document
            .in_statement(
                statement,
                condition.operator.origin,
                "`*` matches colons, too",
                format!("the operator compares `{value}` as text, not part by part as an ARN"),
            )
            .because(value)
            .related(place, "this pattern")
            .help(right);
        findings.add(draft);
    }
}
