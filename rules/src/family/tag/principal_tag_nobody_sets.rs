//! TAG102 `principal-tag-nobody-sets`.

use crate::check::{Check, rule};

rule! {
    /// Flags a variable with a tag that neither the session nor the role of a pod carries.
    ///
    /// # Why it matters
    ///
    /// The variable stays empty, and the condition never holds.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// +                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/team}
    /// ```
    "TAG102" "principal-tag-nobody-sets", Medium Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause;
}
