//! SCT106 `secret-tagged-for-other-tenant`.

use crate::check::{Check, rule};

rule! {
    /// Flags a mounted object whose tag has another value than the pod's session.
    ///
    /// # Why it matters
    ///
    /// It is refused today, and the usual "repair" is a looser policy. Either the mount or the tag is wrong.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: qa, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    "SCT106" "secret-tagged-for-other-tenant", High Break High,
    needs: [Objects, Roles], aws: [], fix: None, Check::Cause;
}
