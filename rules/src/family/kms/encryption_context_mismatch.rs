//! KMS105 `encryption-context-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a test of the encryption context that Secrets Manager or Parameter Store never meets.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager sends `SecretARN` and `SecretVersionId`, Parameter Store `PARAMETER_ARN`, and nothing else.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { "kms:EncryptionContext:SecretName": dev/db }
    /// ```
    "KMS105" "encryption-context-mismatch", High Break High,
    needs: [Keys], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let key = refusal.decrypt_condition()?.key.as_deref()?;
    let key = key.to_ascii_lowercase();
    let is_context = key.starts_with("kms:encryptioncontext");
    is_context.then(|| refusal.draft(case))
}
