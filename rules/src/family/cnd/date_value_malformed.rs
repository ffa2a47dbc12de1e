//! CND121 `date-value-malformed`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a date operator with a value that is no ISO 8601 date.
    ///
    /// # Why it matters
    ///
    /// The test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "next week"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-31T00:00:00Z"}}}
    /// ```
    "CND121" "date-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_DATE"], fix: None, Check::Mistake(&[Mistake::Date]);
}
