//! CAT120 `action-without-service`.

use crate::rule::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an action without its service, or with more than one colon.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document: an action is `service:Action`, or `*`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "CAT120" "action-without-service", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::ActionShape]);
}
