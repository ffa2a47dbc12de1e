//! GRM104 `invalid-version`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Version` that is neither `2012-10-17` nor `2008-10-17`.
    ///
    /// # Why it matters
    ///
    /// It is the version of the language, not the date of the policy. AWS refuses any other.
    ///
    /// # Flagged
    ///
    /// ```json identity also=GRM114
    /// {"Version": "2012-10-07", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    "GRM104" "invalid-version", High Break High,
    needs: [Policies], aws: ["INVALID_VERSION"], fix: None, Check::Mistake(&[Mistake::UnknownVersion]);
}
