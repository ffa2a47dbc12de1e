//! POD110 `trust-request-tag-but-tags-disabled`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy that tests `aws:RequestTag/…` while the association turns session tags off.
    ///
    /// # Why it matters
    ///
    /// No tags are sent, the condition is false, and the role cannot be assumed.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              role: bounded
    /// +              role: hop
    ///                sessionTags: false
    /// ```
    "POD110" "trust-request-tag-but-tags-disabled", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    let is_off = case
        .associations()
        .any(|own| own.sets_tags() == Some(false));
    (is_off && key.starts_with("aws:requesttag/")).then(|| refusal.draft(case))
}
