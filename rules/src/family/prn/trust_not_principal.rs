//! PRN109 `trust-not-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NotPrincipal` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document: everybody but one is no trust.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}
    /// ```
    "PRN109" "trust-not-principal", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"], fix: None, Check::Mistake(&[Mistake::TrustNotPrincipal]);
}
