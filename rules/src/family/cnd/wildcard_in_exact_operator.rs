//! CND118 `wildcard-in-exact-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, literal_values};
use crate::document::tags::tag;
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `*` or `?` in a value, if the operator of the condition compares exactly.
    ///
    /// # Why it matters
    ///
    /// `StringEquals` compares wildcards literally. The condition never matches: an Allow gives no access, and a Deny
    /// protects nothing. TAG114 reports the same for tags, and IRS104 for the subjects of web identities.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `StringLike`, or write the complete value:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}}
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
    ///       test     = "StringLike"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.*.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND118" "wildcard-in-exact-operator", Medium Break High,
    needs: [Policies], aws: ["WILDCARD_WITHOUT_LIKE_OPERATOR"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let exact = condition.parsed.is_some_and(|operator| {
            matches!(
                operator.comparison,
                Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
            )
        });
        let elsewhere = tag(condition).is_some() || key(condition).ends_with(":sub");
        if !exact || elsewhere {
            continue;
        }
        for (value, place) in literal_values(condition).filter(|(value, _)| has_wildcard(value)) {
            let message = format!("this operator compares `{value}` literally");
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a wildcard here",
                    message,
                )
                .because(value)
                .help("use StringLike for a pattern");
            findings.add(draft);
        }
    }
}
