//! GRM111 `exclusive-elements`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an element together with its `Not…` form.
    ///
    /// # Why it matters
    ///
    /// `Action` and `NotAction` exclude each other in one statement, like the pairs of `Resource` and `Principal`. AWS
    /// rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "NotAction": "kms:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one of the two:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM111" "exclusive-elements", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_ELEMENT_COMBINATION"], fix: None, Check::Mistake(&[Mistake::ExclusiveElements]);
}
