//! POD108 `trust-request-tag-excludes-association`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy whose test of `aws:RequestTag/…` does not admit an association that uses the role.
    ///
    /// # Why it matters
    ///
    /// The association and the trust policy are kept in different places and drift apart.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                aws:RequestTag/kubernetes-namespace: dev
    /// +                aws:RequestTag/kubernetes-namespace: develop
    /// ```
    "POD108" "trust-request-tag-excludes-association", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    trust.key().filter(|_| !trust.is_irsa)?;
    Some(refusal.draft(case))
}
