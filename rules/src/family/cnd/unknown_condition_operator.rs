//! CND105 `unknown-condition-operator`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a condition operator that does not exist; the nearest one is offered.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringMatches": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    "CND105" "unknown-condition-operator", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_OPERATOR"], fix: None, Check::Mistake(&[Mistake::UnknownOperator]);
}
