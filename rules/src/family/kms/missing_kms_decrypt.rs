//! KMS102 `missing-kms-decrypt`.

use crate::check::{Check, rule};

rule! {
    /// Flags a role that may read a secret but not decrypt with its customer managed key.
    ///
    /// # Why it matters
    ///
    /// `GetSecretValue` is refused although everything on the secret's side is right.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    /// -              Action: kms:Decrypt
    /// +              Action: kms:Encrypt
    /// ```
    "KMS102" "missing-kms-decrypt", High Break High,
    needs: [Keys, Roles], aws: [], fix: None, Check::Cause;
}
