//! GRM108 `missing-resource`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement with neither `Resource` nor `NotResource`. A trust policy has no resource, and KMS accepts a key
    /// policy without it.
    ///
    /// # Why it matters
    ///
    /// A statement without resources has no meaning. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the resources:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM108" "missing-resource", High Break High,
    needs: [Policies], aws: ["MISSING_RESOURCE"], fix: None, Check::Mistake(&[Mistake::NoResource]);
}
