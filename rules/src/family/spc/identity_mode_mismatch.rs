//! SPC120 `identity-mode-mismatch`.

use crate::check::{Check, rule};

rule! {
    /// Flags a class that asks for IRSA while the service account has only an association.
    ///
    /// # Why it matters
    ///
    /// IRSA is the default of the provider, so this is the commonest slip of a move to Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// ```
    "SPC120" "identity-mode-mismatch", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Cause;
}
