//! GRM112 `invalid-sid-characters`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Sid` with characters other than letters and digits, in a policy type of IAM.
    ///
    /// # Why it matters
    ///
    /// IAM accepts only the letters A to Z and a to z and the digits. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Sid": "read secrets", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use letters and digits:
    ///
    /// ```json identity
    /// {"Sid": "ReadSecrets", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     sid = "ReadSecrets"
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM112" "invalid-sid-characters", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_SID"], fix: None, Check::Mistake(&[Mistake::SidCharacters]);
}
