//! SPC102 `parameter-not-a-string`.

use crate::check::{Check, rule};

rule! {
    /// Flags a parameter of a class that is not a string.
    ///
    /// # Why it matters
    ///
    /// The custom resource holds strings only: the API server refuses the object.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// +    usePodIdentity: true
    /// ```
    "SPC102" "parameter-not-a-string", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
