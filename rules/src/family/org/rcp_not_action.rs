//! ORG105 `rcp-not-action`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `NotAction` in a resource control policy.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    "ORG105" "rcp-not-action", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_NOTACTION"], fix: None, Check::Mistake(&[Mistake::RcpNotAction]);
}
