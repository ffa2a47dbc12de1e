//! RED115 `covered-number`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::{Comparison, Relation};

rule! {
    /// Flags several thresholds in one numeric condition.
    ///
    /// # Why it matters
    ///
    /// The values of a condition are alternatives, so only the widest threshold has an effect. The narrower threshold
    /// suggests a stricter limit than AWS applies.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": ["600", "900"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one threshold:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}}
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
    ///       values   = ["900"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED115" "covered-number", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_CONDITION_VALUE_NUM"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let threshold = condition.parsed.is_some_and(|operator| matches!(operator.comparison, Comparison::Numeric(relation) if relation != Relation::Equals));
        if threshold && condition.values.len() > 1 {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "the widest threshold decides",
                "the condition has several thresholds, and one match is sufficient",
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help("keep the widest threshold"),
            );
        }
    }
}
