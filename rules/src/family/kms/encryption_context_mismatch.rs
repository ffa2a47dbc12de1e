//! KMS105 `encryption-context-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a condition on an encryption context that Secrets Manager or Parameter Store does not send.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager sends only `SecretARN` and `SecretVersionId`, and Parameter Store only `PARAMETER_ARN`. A condition on
    /// another key never matches, and AWS denies the decryption.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { "kms:EncryptionContext:SecretName": dev/db }
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `kms:ViaService`, or `kms:EncryptionContext:SecretARN` with the ARN of the secret:
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    "KMS105" "encryption-context-mismatch", High Break High,
    needs: [Keys], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let key = refusal.decrypt_condition()?.key.as_deref()?;
    let key = key.to_ascii_lowercase();
    let is_context = key.starts_with("kms:encryptioncontext");
    is_context.then(|| refusal.draft(case))
}
