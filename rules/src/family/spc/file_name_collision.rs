//! SPC110 `file-name-collision`.

use crate::rule::{Check, rule};

rule! {
    /// Flags two entries that end in one file: by the same alias, or by names that are the same once `/` is translated.
    ///
    /// # Why it matters
    ///
    /// Two aliases of one name are refused. Two names that only end in one file are not: the last one written wins, and a pod
    /// reads the wrong credential without a word.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -        objectAlias: url
    /// +        objectAlias: local
    /// ```
    "SPC110" "file-name-collision", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Cause;
}
