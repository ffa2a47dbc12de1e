//! GRM106 `missing-action`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement with neither `Action` nor `NotAction`.
    ///
    /// # Why it matters
    ///
    /// A statement without actions has no meaning. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the actions:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM106" "missing-action", High Break High,
    needs: [Policies], aws: ["MISSING_ACTION"], fix: None, Check::Mistake(&[Mistake::NoAction]);
}
