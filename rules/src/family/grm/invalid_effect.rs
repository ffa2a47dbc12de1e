//! GRM102 `invalid-effect`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an `Effect` that is not exactly `Allow` or `Deny`.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. Tools that ignore case do not report the mistake earlier.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `Allow` or `Deny`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM102" "invalid-effect", High Break High,
    needs: [Policies], aws: ["INVALID_EFFECT"], fix: None, Check::Mistake(&[Mistake::UnknownEffect]);
}
