//! GRM201 `duplicate-json-key`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags the same key twice in one JSON object.
    ///
    /// # Why it matters
    ///
    /// A parser keeps one of them, mostly the last. Where it is a second `Condition` or a second `StringEquals`, the first one is
    /// gone without a word.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:ResourceTag/team": "a"}}}
    /// ```
    "GRM201" "duplicate-json-key", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::DuplicateMember]);
}
