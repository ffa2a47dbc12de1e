//! GRM107 `missing-effect`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement without `Effect`.
    ///
    /// # Why it matters
    ///
    /// There is no default: AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM107" "missing-effect", High Break High,
    needs: [Policies], aws: ["MISSING_EFFECT"], fix: None, Check::Mistake(&[Mistake::NoEffect]);
}
