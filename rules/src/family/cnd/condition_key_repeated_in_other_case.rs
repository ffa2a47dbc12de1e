//! CND101 `condition-key-repeated-in-other-case`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags the same condition key twice under one operator, with different case or with the same spelling.
    ///
    /// # Why it matters
    ///
    /// AWS compares condition keys without case, so both entries are the same key. Only one of the two conditions applies,
    /// and the other one protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:principaltag/team": "b"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List all values under one key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}}
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
    ///       variable = "aws:PrincipalTag/team"
    ///       values   = ["a", "b"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "CND101" "condition-key-repeated-in-other-case", High Break High,
    needs: [Policies], aws: ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE"], fix: None, Check::Mistake(&[Mistake::DuplicateKey]);
}
