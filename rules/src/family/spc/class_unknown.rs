//! SPC128 `class-unknown`.

use crate::check::{Check, rule};

rule! {
    /// Flags a volume that names a SecretProviderClass that its namespace does not have.
    ///
    /// # Why it matters
    ///
    /// The pod hangs in ContainerCreating. Classes belong to a namespace.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -            volumeAttributes: { secretProviderClass: app }
    /// +            volumeAttributes: { secretProviderClass: apps }
    /// ```
    "SPC128" "class-unknown", High Break High,
    needs: [Mounts, Classes], aws: [], fix: None, Check::Cause;
}
