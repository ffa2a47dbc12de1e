//! TAG101 `misspelt-session-tag`.

use crate::finding::Grade;
use crate::rule::{Check, rule};

rule! {
    /// Flags a variable with a tag that is close to, and not, one of the six that EKS sets.
    ///
    /// # Why it matters
    ///
    /// An unknown tag key is legal everywhere. Nothing else tells the author that the condition can never hold.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// +                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes_namespace}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the tag that EKS sets.
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    "TAG101" "misspelt-session-tag", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Repair), Check::Cause;
}
