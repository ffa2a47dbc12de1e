//! GRM109 `missing-statement`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a policy without a statement.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. A list without statements often comes from a Terraform variable
    /// without entries.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": "2012-10-17"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write at least one statement:
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM109" "missing-statement", High Break High,
    needs: [Policies], aws: ["MISSING_STATEMENT"], fix: None, Check::Mistake(&[Mistake::NoStatement]);
}
