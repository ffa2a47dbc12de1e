//! XAC102 `cross-account-identity-side-missing`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a secret of another account whose policy lets the pod's role in, while the role's own policies do not.
    ///
    /// # Why it matters
    ///
    /// Across accounts both sides must allow.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=REQ101
    ///            read-own:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:DescribeSecret
    /// ```
    "XAC102" "cross-account-identity-side-missing", High Break High,
    properties: [Generic], needs: [Secrets, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Foreign)
}
