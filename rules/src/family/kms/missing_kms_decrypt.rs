//! KMS102 `missing-kms-decrypt`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    properties: [Generic], needs: [Keys, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Decrypt)
}
