//! GRM111 `exclusive-elements`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an element beside its `Not…` form.
    ///
    /// # Why it matters
    ///
    /// Each says what the other leaves out; AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "NotAction": "kms:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM111" "exclusive-elements", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_ELEMENT_COMBINATION"], fix: None, Check::Mistake(&[Mistake::ExclusiveElements]);
}
