//! SCT101 `secret-lacks-abac-tag`.

use crate::check::{Check, rule};

rule! {
    /// Flags a mounted object without a tag that the only policy for it tests.
    ///
    /// # Why it matters
    ///
    /// The read is refused, and nothing in the error names the tag.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { team: dev }
    /// ```
    "SCT101" "secret-lacks-abac-tag", High Break High,
    needs: [Objects, Roles], aws: [], fix: None, Check::Cause;
}
