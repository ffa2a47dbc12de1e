//! XAC109 `rcp-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a resource control policy that stops what a pod needs.
    ///
    /// # Why it matters
    ///
    /// It is the newest and least known stop on the way. It governs Secrets Manager, KMS and STS, not Parameter Store.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              StringNotEqualsIfExists: { aws:PrincipalOrgID: o-a1b2c3d4e5 }
    /// +              StringNotEqualsIfExists: { aws:PrincipalOrgID: o-z9y8x7w6v5 }
    /// ```
    "XAC109" "rcp-blocks-path", High Break High,
    needs: [Organization], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Rcp)
}
