//! POD110 `trust-request-tag-but-tags-disabled`.

use crate::check::{Check, rule};

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
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
