//! SPC113 `file-permission-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `filePermission` that is not four octal digits in quotes.
    ///
    /// # Why it matters
    ///
    /// Unquoted, `0400` is a number to YAML and arrives as `256`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        filePermission: "888"
    /// ```
    "SPC113" "file-permission-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
