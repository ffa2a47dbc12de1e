//! KMS105 `encryption-context-mismatch`.

use crate::check::{Check, rule};

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
    needs: [Keys], aws: [], fix: None, Check::Cause;
}
