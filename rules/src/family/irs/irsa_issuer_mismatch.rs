//! IRS107 `irsa-issuer-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a role that trusts another issuer than that of the cluster whose pod wants it.
    ///
    /// # Why it matters
    ///
    /// A cluster that was built anew has a new issuer, and copied policies keep the old one.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// +              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/OLDD539D4633E53DE1B71EXAMPLE000
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: names the cluster's provider where it is the only principal.
    "IRS107" "irsa-issuer-mismatch", High Break High,
    properties: [Generic], needs: [Annotations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (trust.is_irsa && trust.is_about_principal()).then(|| refusal.draft(case))
}
