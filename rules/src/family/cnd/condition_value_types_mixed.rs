//! CND102 `condition-value-types-mixed`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a list of condition values that mixes JSON types.
    ///
    /// # Why it matters
    ///
    /// AWS refuses it, or a tool turns one of the values into something that never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/level": ["300", 400]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/level": ["300", "400"]}}}
    /// ```
    "CND102" "condition-value-types-mixed", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_DATA_TYPE"], fix: None, Check::Mistake(&[Mistake::MixedTypes]);
}
