//! PRN109 `trust-not-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NotPrincipal` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// IAM does not support `NotPrincipal` in trust policies. It rejects the policy, and the role is not created or changed.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the principals that may assume the role:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/deploy"]
    ///     }
    ///     actions = ["sts:AssumeRole"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN109" "trust-not-principal", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"], fix: None, Check::Mistake(&[Mistake::TrustNotPrincipal]);
}
