//! GRM102 `invalid-effect`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an `Effect` that is neither `Allow` nor `Deny`, in exactly this spelling.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document. Tools that ignore case make the mistake invisible.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM102" "invalid-effect", High Break High,
    needs: [Policies], aws: ["INVALID_EFFECT"], fix: None, Check::Mistake(&[Mistake::UnknownEffect]);
}
