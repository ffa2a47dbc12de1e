//! POD112 `trust-web-identity-action`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy whose action does not fit who asks: `sts:AssumeRole` for a web identity, or the other way round.
    ///
    /// # Why it matters
    ///
    /// The statement never matches. It is typical of a half-finished move between IRSA and Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -            Action: sts:AssumeRoleWithWebIdentity
    /// +            Action: sts:AssumeRole
    /// ```
    "POD112" "trust-web-identity-action", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (trust.is_irsa && trust.is_about_action()).then(|| refusal.draft(case))
}
