//! GRM109 `missing-statement`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a policy without `Statement`, or with an empty list of them.
    ///
    /// # Why it matters
    ///
    /// It says nothing, and AWS refuses it.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": "2012-10-17"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    "GRM109" "missing-statement", High Break High,
    needs: [Policies], aws: ["MISSING_STATEMENT"], fix: None, Check::Mistake(&[Mistake::NoStatement]);
}
