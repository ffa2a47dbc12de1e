//! SPC112 `path-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a file name that leaves the mount directory or is not valid as a file name, such as `./db` or `db/` with
    /// `pathTranslation: "False"`, and a `pathTranslation` that is neither `False` nor a single character.
    ///
    /// # Why it matters
    ///
    /// The provider replaces each `/` in a file name with the character of `pathTranslation`, by default `_`. The provider or
    /// the driver rejects a name that leaves the mount directory, and the mount fails for all objects of the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    pathTranslation: "__"
    /// ```
    ///
    /// # Accepted
    ///
    /// Write one character, or `False` to keep subdirectories:
    ///
    /// ```yaml
    /// region: us-east-1
    /// pathTranslation: "_"
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC112" "path-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
