//! ORG104 `rcp-allow`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a resource control policy that allows.
    ///
    /// # Why it matters
    ///
    /// Only AWS's own `RCPFullAWSAccess` allows; every other one denies.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    "ORG104" "rcp-allow", High Break High,
    needs: [Policies], aws: ["RCP_SYNTAX_ERROR_ALLOW"], fix: None, Check::Mistake(&[Mistake::RcpAllow]);
}
