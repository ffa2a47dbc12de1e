//! SPC104 `object-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags an object without its name, or without its type where the name is no ARN.
    ///
    /// # Why it matters
    ///
    /// The provider refuses the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///        - objectName: dev/local
    /// -        objectType: secretsmanager
    /// ```
    "SPC104" "object-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
