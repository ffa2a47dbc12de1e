//! GRM106 `missing-action`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement with neither `Action` nor `NotAction`.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM106" "missing-action", High Break High,
    needs: [Policies], aws: ["MISSING_ACTION"], fix: None, Check::Mistake(&[Mistake::NoAction]);
}
