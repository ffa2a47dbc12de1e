//! GRM103 `unknown-element`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a member that no policy or no statement of this type has.
    ///
    /// # Why it matters
    ///
    /// A misspelt `Condition` would leave the statement without its condition; AWS refuses the document for that reason.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Conditions": {"Bool": {"aws:SecureTransport": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    /// ```
    "GRM103" "unknown-element", High Break High,
    needs: [Policies], aws: ["INVALID_POLICY_ELEMENT"], fix: None, Check::Mistake(&[Mistake::UnknownElement, Mistake::TrustNotAction]);
}
