//! KMS107 `key-unusable`.

use crate::check::{Check, rule};

rule! {
    /// Flags a key that is disabled, waits for its deletion, or does not exist.
    ///
    /// # Why it matters
    ///
    /// Nothing that it encrypts can be read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        vault:
    ///          aliases: [alias/vault]
    /// +        enabled: false
    /// ```
    "KMS107" "key-unusable", High Break High,
    needs: [Keys], aws: [], fix: None, Check::Cause;
}
