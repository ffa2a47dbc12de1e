//! POD102 `trust-missing-tag-session`.

use crate::finding::Grade;
use crate::rule::{Check, rule};

rule! {
    /// Flags a role that EKS may assume, but not with session tags, while an association of the role keeps them on.
    ///
    /// # Why it matters
    ///
    /// The tags travel with the call that assumes the role. Without permission to set them the whole call is refused, and the
    /// message names `sts:TagSession`, which sends people looking in the wrong place.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    ///            - Effect: Allow
    ///              Principal: { Service: pods.eks.amazonaws.com }
    /// -            Action: [sts:AssumeRole, sts:TagSession]
    /// +            Action: sts:AssumeRole
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: adds `sts:TagSession` to the statement that lets EKS in.
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    "POD102" "trust-missing-tag-session", High Break High,
    needs: [Associations, Roles], aws: [], fix: Some(Grade::Repair), Check::Cause;
}
