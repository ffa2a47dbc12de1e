//! SPC108 `version-and-label`.

use crate::check::{Check, rule};

rule! {
    /// Flags a parameter with both a version and a label.
    ///
    /// # Why it matters
    ///
    /// The provider refuses it.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectType: ssmparameter
    /// +        objectVersion: "3"
    /// +        objectVersionLabel: stable
    /// ```
    "SPC108" "version-and-label", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
