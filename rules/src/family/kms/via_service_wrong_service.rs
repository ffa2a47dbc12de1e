//! KMS104 `via-service-wrong-service`.

use super::via_service_region_mismatch::{names_store, via_service};
use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a `kms:ViaService` with another service than the service that stores the value.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager calls KMS as `secretsmanager.REGION.amazonaws.com`, and Parameter Store as `ssm.REGION.amazonaws.com`.
    /// A condition on another service never matches, and AWS denies the decryption.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { kms:ViaService: s3.us-east-1.amazonaws.com }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `secretsmanager` for secrets and `ssm` for parameters:
    ///
    /// ```yaml
    /// StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "decrypt" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:444455556666:key/*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html>
    "KMS104" "via-service-wrong-service", High Break High,
    needs: [Keys], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let is_other = !names_store(case, via_service(refusal)?);
    is_other.then(|| refusal.draft(case))
}
