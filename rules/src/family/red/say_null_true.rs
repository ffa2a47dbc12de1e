//! RED112 `say-null-true`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a condition that only requires a key to be absent.
    ///
    /// # Why it matters
    ///
    /// `Null` with `true` has the same effect. It does not suggest a comparison of values that never takes place.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringNotLike": {"kms:ViaService": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null` with `true`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "true"}}}
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
    ///       variable = "kms:ViaService"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED112" "say-null-true", Info Style High,
    needs: [Policies], aws: ["EQUIVALENT_TO_NULL_TRUE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let absent = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike
                && operator.qualifier.is_none()
                && operator.negated
        });
        // A principal's ARN is never absent: such a test is RED120.
        let always = key(condition).eq_ignore_ascii_case("aws:PrincipalArn");
        if absent
            && !always
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "no value",
                format!(
                    "the condition matches only if `{}` is absent",
                    key(condition)
                ),
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help(format!("\"Null\": {{\"{}\": \"true\"}}", key(condition))),
            );
        }
    }
}
