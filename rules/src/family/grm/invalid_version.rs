//! GRM104 `invalid-version`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Version` other than `2012-10-17` and `2008-10-17`.
    ///
    /// # Why it matters
    ///
    /// `Version` is the version of the policy language, not the date of the policy. AWS rejects the policy, and the
    /// deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity also=GRM114
    /// {"Version": "2012-10-07", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `2012-10-17`:
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM104" "invalid-version", High Break High,
    needs: [Policies], aws: ["INVALID_VERSION"], fix: None, Check::Mistake(&[Mistake::UnknownVersion]);
}
