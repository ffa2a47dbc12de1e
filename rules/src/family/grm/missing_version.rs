//! GRM114 `missing-version`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a policy without `Version`, or with `2008-10-17` where the policy type needs the new one.
    ///
    /// # Why it matters
    ///
    /// Without a version it is read as 2008-10-17, in which `${…}` is plain text. The next person who writes a variable into it
    /// gets a condition that never holds, or always.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    "GRM114" "missing-version", Medium Fragile High,
    needs: [Policies], aws: ["MISSING_VERSION"], fix: None, Check::Mistake(&[Mistake::OldVersion]);
}
