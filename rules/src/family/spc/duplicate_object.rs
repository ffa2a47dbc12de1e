//! SPC109 `duplicate-object`.

use crate::check::{Check, rule};

rule! {
    /// Flags two entries of one name whose alias and label do not tell them apart.
    ///
    /// # Why it matters
    ///
    /// The provider refuses the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +      - objectName: dev/local
    /// +        objectType: secretsmanager
    /// +        objectAlias: local
    /// ```
    "SPC109" "duplicate-object", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
