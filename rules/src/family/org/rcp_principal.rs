//! ORG103 `rcp-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a resource control policy whose principal is not `"*"`.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document; principals are told apart in the condition.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
    /// ```
    "ORG103" "rcp-principal", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::RcpPrincipal]);
}
