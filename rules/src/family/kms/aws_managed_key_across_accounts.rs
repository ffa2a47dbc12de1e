//! KMS106 `aws-managed-key-across-accounts`.

use crate::check::{Check, rule};

rule! {
    /// Flags an object that another account's pod mounts and that is encrypted with the key that AWS manages.
    ///
    /// # Why it matters
    ///
    /// That key never decrypts for another account. Every policy may be right, and the read still fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/db:
    ///          suffix: AbCdEf
    /// -        key: vault
    /// ```
    "KMS106" "aws-managed-key-across-accounts", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause;
}
