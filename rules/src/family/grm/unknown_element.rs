//! GRM103 `unknown-element`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an element that does not exist in a policy or statement of this type.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. A misspelt `Condition` would otherwise leave the statement without
    /// its condition.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Conditions": {"Bool": {"aws:SecureTransport": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of the element:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM103" "unknown-element", High Break High,
    needs: [Policies], aws: ["INVALID_POLICY_ELEMENT"], fix: None, Check::Mistake(&[Mistake::UnknownElement, Mistake::TrustNotAction]);
}
