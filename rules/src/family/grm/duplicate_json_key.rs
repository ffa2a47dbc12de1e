//! GRM201 `duplicate-json-key`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags the same key twice in one JSON object.
    ///
    /// # Why it matters
    ///
    /// A JSON parser keeps only one of the two values, usually the last. If the key is `Condition` or `StringEquals`, the
    /// policy loses the first condition without an error.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}, "StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write both entries under one key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM201" "duplicate-json-key", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::DuplicateMember]);
}
