//! SPC116 `use-pod-identity-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `usePodIdentity` that is neither true nor false in one of the accepted spellings.
    ///
    /// # Why it matters
    ///
    /// The provider cannot read it and refuses the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// +    usePodIdentity: "yes"
    /// ```
    "SPC116" "use-pod-identity-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
