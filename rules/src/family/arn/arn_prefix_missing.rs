//! ARN104 `arn-prefix-missing`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a resource that neither begins with `arn:` nor is `*`.
    ///
    /// # Why it matters
    ///
    /// IAM rejects the policy with `MalformedPolicyDocument`, and the deployment fails. The prefix is often lost when a
    /// template builds the ARN from parts.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `arn:` before the partition:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:111122223333:key/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "ARN104" "arn-prefix-missing", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_PREFIX"], fix: None, Check::Mistake(&[Mistake::ResourceShape]);
}
