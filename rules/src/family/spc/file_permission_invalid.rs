//! SPC113 `file-permission-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `filePermission` that is not a quoted string of four octal digits.
    ///
    /// # Why it matters
    ///
    /// The provider rejects any other value, and the mount fails. Without quotes YAML reads `0400` as an octal number, and
    /// the provider gets `256`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        filePermission: "888"
    /// ```
    ///
    /// # Accepted
    ///
    /// Write four octal digits in quotes:
    ///
    /// ```yaml
    /// objectAlias: local
    /// filePermission: "0440"
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC113" "file-permission-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
