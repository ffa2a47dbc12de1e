//! SPC122 `association-for-other-namespace`.

use crate::check::{Check, rule};

rule! {
    /// Flags an association that differs from the pod in its namespace or service account, and belongs to nobody.
    ///
    /// # Why it matters
    ///
    /// It reads as if everything were set up.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "namespace": "dev",
    /// +    "namespace": "develop",
    /// ```
    "SPC122" "association-for-other-namespace", High Break High,
    needs: [Associations], aws: [], fix: None, Check::Cause;
}
