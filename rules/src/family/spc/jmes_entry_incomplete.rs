//! SPC111 `jmes-entry-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags an entry of `jmesPath` without its path or its alias.
    ///
    /// # Why it matters
    ///
    /// The provider refuses the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        jmesPath:
    /// +          - path: password
    /// ```
    "SPC111" "jmes-entry-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
