//! IRS105 `irsa-sub-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a role whose test of the token's subject does not admit the service account that is annotated with it.
    ///
    /// # Why it matters
    ///
    /// The role cannot be assumed; nobody notices before the pod mounts.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub: system:serviceaccount:dev:legacy
    /// +                oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub: system:serviceaccount:legacy:dev
    /// ```
    "IRS105" "irsa-sub-mismatch", High Break High,
    properties: [Generic], needs: [Annotations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (trust.is_irsa && trust.key().is_some()).then(|| refusal.draft(case))
}
