//! RED108 `empty-condition`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Condition`, or an operator in it, without any key.
    ///
    /// # Why it matters
    ///
    /// It restricts nothing, and looks as if it did.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "RED108" "empty-condition", Info Style High,
    needs: [Policies], aws: ["EMPTY_OBJECT_CONDITION"], fix: None, Check::Mistake(&[Mistake::EmptyCondition]);
}
