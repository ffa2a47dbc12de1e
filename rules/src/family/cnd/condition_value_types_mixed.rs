//! CND102 `condition-value-types-mixed`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a list of condition values with different JSON types.
    ///
    /// # Why it matters
    ///
    /// The grammar requires strings. AWS rejects the policy, or a tool converts one of the values to a text that never
    /// matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/level": ["300", 400]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write all values as strings:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/level": ["300", "400"]}}}
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
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalTag/level"
    ///       values   = ["300", "400"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "CND102" "condition-value-types-mixed", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_DATA_TYPE"], fix: None, Check::Mistake(&[Mistake::MixedTypes]);
}
