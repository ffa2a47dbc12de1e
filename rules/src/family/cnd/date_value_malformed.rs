//! CND121 `date-value-malformed`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a date operator with a value that is not an ISO 8601 date.
    ///
    /// # Why it matters
    ///
    /// AWS cannot compare a date with the value, and the condition never matches. An Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "next week"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an ISO 8601 date:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-31T00:00:00Z"}}}
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
    ///       test     = "DateLessThan"
    ///       variable = "aws:CurrentTime"
    ///       values   = ["2030-01-31T00:00:00Z"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND121" "date-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_DATE"], fix: None, Check::Mistake(&[Mistake::Date]);
}
