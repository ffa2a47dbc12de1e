//! GRM113 `trust-resource`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `Resource` or `NotResource` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// The resource of a trust policy is the role itself. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the element:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM113" "trust-resource", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"], fix: None, Check::Mistake(&[Mistake::TrustResource]);
}
