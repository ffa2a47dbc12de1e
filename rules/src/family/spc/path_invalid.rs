//! SPC112 `path-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a file name that leaves the directory or that no file can have, such as `./db` or `db/` with `pathTranslation: "False"`,
    /// and a `pathTranslation` that is neither `False` nor one character.
    ///
    /// # Why it matters
    ///
    /// The mount fails: the provider or the driver refuses the name.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    pathTranslation: "__"
    /// ```
    "SPC112" "path-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
