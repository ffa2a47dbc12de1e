//! KMS104 `via-service-wrong-service`.

use super::via_service_region_mismatch::{names_store, via_service};
use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

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
    needs: [Keys], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let is_other = !names_store(via_service(refusal)?);
    is_other.then(|| refusal.draft(case))
}
