//! CND108 `null-if-exists`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NullIfExists`.
    ///
    /// # Why it matters
    ///
    /// `Null` checks whether a key exists, so a form that applies only to an existing key is not possible. AWS rejects the
    /// policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NullIfExists": {"aws:ResourceTag/team": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "false"}}}
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
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["false"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND108" "null-if-exists", High Break High,
    needs: [Policies], aws: ["NULL_WITH_IF_EXISTS"], fix: None, Check::Mistake(&[Mistake::NullIfExists]);
}
