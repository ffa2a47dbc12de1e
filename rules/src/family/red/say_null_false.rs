//! RED111 `say-null-false`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::tags::isolates;
use crate::document::{Document, READS, named};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a condition that only requires a key to exist.
    ///
    /// # Why it matters
    ///
    /// `Null` with `false` has the same effect and does not suggest a comparison of values. TAG110 reports the same for tags
    /// that separate tenants.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null` with `false`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "false"}}}
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
    ///       values   = ["false"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED111" "say-null-false", Info Style High,
    needs: [Policies], aws: ["EQUIVALENT_TO_NULL_FALSE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let asks = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike
                && operator.qualifier.is_none()
                && is_positive(operator)
        });
        let elsewhere = isolates(condition) && named(statement, &READS).is_some();
        if asks
            && !elsewhere
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "any value",
                format!(
                    "the condition only requires that `{}` is present",
                    key(condition)
                ),
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help(format!("\"Null\": {{\"{}\": \"false\"}}", key(condition))),
            );
        }
    }
}
