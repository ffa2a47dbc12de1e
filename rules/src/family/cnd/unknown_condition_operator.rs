//! CND105 `unknown-condition-operator`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a condition operator that does not exist, and suggests the most similar operator.
    ///
    /// # Why it matters
    ///
    /// IAM rejects the policy with `MalformedPolicyDocument` when it is saved, so the deployment fails after other resources
    /// have already changed. The misspelt name often comes from another policy language, such as `StringMatches`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringMatches": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an operator of the IAM reference:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
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
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND105" "unknown-condition-operator", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_OPERATOR"], fix: None, Check::Mistake(&[Mistake::UnknownOperator]);
}
