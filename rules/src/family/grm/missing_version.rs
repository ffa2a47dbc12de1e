//! GRM114 `missing-version`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a policy without `Version`, or with `2008-10-17` if the policy type requires `2012-10-17`.
    ///
    /// # Why it matters
    ///
    /// AWS evaluates a policy without a version as `2008-10-17`, which does not resolve variables. A variable that a person
    /// adds later then never matches, or always matches in a negated condition.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `2012-10-17`:
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM114" "missing-version", Medium Fragile High,
    needs: [Policies], aws: ["MISSING_VERSION"], fix: None, Check::Mistake(&[Mistake::OldVersion]);
}
