//! RED108 `empty-condition`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Condition`, or an operator in it, without a key.
    ///
    /// # Why it matters
    ///
    /// An empty condition restricts nothing, but looks like a restriction. In Terraform, it often comes from a variable
    /// without entries.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the condition, or write the key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "RED108" "empty-condition", Info Style High,
    needs: [Policies], aws: ["EMPTY_OBJECT_CONDITION"], fix: None, Check::Mistake(&[Mistake::EmptyCondition]);
}
