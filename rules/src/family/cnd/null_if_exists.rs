//! CND108 `null-if-exists`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NullIfExists`.
    ///
    /// # Why it matters
    ///
    /// `Null` asks whether a key is there; a form of it that applies only if the key is there says nothing, and does not exist.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NullIfExists": {"aws:ResourceTag/team": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "false"}}}
    /// ```
    "CND108" "null-if-exists", High Break High,
    needs: [Policies], aws: ["NULL_WITH_IF_EXISTS"], fix: None, Check::Mistake(&[Mistake::NullIfExists]);
}
