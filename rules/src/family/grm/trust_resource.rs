//! GRM113 `trust-resource`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `Resource` or `NotResource` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// The role itself is the resource. AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    /// ```
    "GRM113" "trust-resource", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"], fix: None, Check::Mistake(&[Mistake::TrustResource]);
}
