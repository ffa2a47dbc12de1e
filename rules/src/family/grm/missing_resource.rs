//! GRM108 `missing-resource`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement with neither `Resource` nor `NotResource`. A trust policy has none, and KMS saves a key policy without.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM108" "missing-resource", High Break High,
    needs: [Policies], aws: ["MISSING_RESOURCE"], fix: None, Check::Mistake(&[Mistake::NoResource]);
}
