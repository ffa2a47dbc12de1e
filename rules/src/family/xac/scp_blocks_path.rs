//! XAC108 `scp-blocks-path`.

use crate::check::{Check, rule};

rule! {
    /// Flags a service control policy that stops what a pod needs.
    ///
    /// # Why it matters
    ///
    /// The policies of the account look right; only the organization knows.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Effect: Deny
    /// -            Action: organizations:LeaveOrganization
    /// +            Action: secretsmanager:GetSecretValue
    ///              Resource: "*"
    /// ```
    "XAC108" "scp-blocks-path", High Break High,
    needs: [Organization], aws: [], fix: None, Check::Cause;
}
