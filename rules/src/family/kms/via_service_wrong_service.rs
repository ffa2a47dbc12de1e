//! KMS104 `via-service-wrong-service`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `kms:ViaService` that names another service than the one that keeps the value.
    ///
    /// # Why it matters
    ///
    /// Each service decrypts under its own name: `secretsmanager` for secrets, `ssm` for parameters.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { kms:ViaService: s3.us-east-1.amazonaws.com }
    /// ```
    "KMS104" "via-service-wrong-service", High Break High,
    needs: [Keys], aws: [], fix: None, Check::Cause;
}
