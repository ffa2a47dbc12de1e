//! SPC111 `jmes-entry-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags an entry of `jmesPath` without `path` or without `objectAlias`, and a `path` that is no JMESPath.
    ///
    /// # Why it matters
    ///
    /// The provider writes the result of `path` to the file `objectAlias` and requires both. It rejects the class otherwise,
    /// and the mount fails for all its objects.
    ///
    /// A key with other characters than letters, digits and `_` needs quotes inside the path: `path: '"pass-word"'`. A function
    /// at the beginning of a path must exist.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        jmesPath:
    /// +          - path: password
    /// ```
    ///
    /// # Accepted
    ///
    /// Write both fields:
    ///
    /// ```yaml
    /// objectAlias: local
    /// jmesPath:
    ///   - path: password
    ///     objectAlias: local-password
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://jmespath.org/specification.html>
    "SPC111" "jmes-entry-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
