//! CND122 `number-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a numeric operator with a value that is not a number.
    ///
    /// # Why it matters
    ///
    /// AWS cannot compare a number with the value, and the condition never matches. An Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "1h"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a number without a unit:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}
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
    ///       test     = "NumericLessThan"
    ///       variable = "aws:MultiFactorAuthAge"
    ///       values   = ["3600"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND122" "number-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_NUMBER"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| !matches!(operator.comparison, Comparison::Numeric(_)))
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if value.parse::<f64>().is_ok() {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a number",
                    format!("`{value}` is not a number"),
                )
                .because(value)
                .help("write a number in digits");
            findings.add(draft);
        }
    }
}
