//! POD111 `trust-principal-tag-for-service-caller`.

use crate::rule::{Check, rule};

rule! {
    /// Flags a trust policy that tests `aws:PrincipalTag/…` of EKS.
    ///
    /// # Why it matters
    ///
    /// The caller of this step is a service, and a service has no tags. The values stand in `aws:RequestTag/…` here, and become
    /// principal tags only in the session.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                aws:RequestTag/kubernetes-namespace: dev
    /// +                aws:PrincipalTag/kubernetes-namespace: dev
    /// ```
    "POD111" "trust-principal-tag-for-service-caller", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
