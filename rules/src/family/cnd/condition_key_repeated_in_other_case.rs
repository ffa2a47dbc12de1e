//! CND101 `condition-key-repeated-in-other-case`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags one condition key twice under one operator, differing at most in letter case.
    ///
    /// # Why it matters
    ///
    /// Keys compare without case, so one of the two tests is lost.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:principaltag/team": "b"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}}
    /// ```
    "CND101" "condition-key-repeated-in-other-case", High Break High,
    needs: [Policies], aws: ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE"], fix: None, Check::Mistake(&[Mistake::DuplicateKey]);
}
