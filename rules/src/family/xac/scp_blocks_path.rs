//! XAC108 `scp-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    properties: [Generic], needs: [Organization], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Scp)
}
