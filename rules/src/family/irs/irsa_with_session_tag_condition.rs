//! IRS101 `irsa-with-session-tag-condition`.

use crate::check::{Check, rule};

rule! {
    /// Flags a pod on IRSA that is let in only by a tag that EKS Pod Identity sets.
    ///
    /// # Why it matters
    ///
    /// An IRSA session carries none of the six tags, so the statement never matches.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +              Resource: "*"
    /// +              Condition: *own
    ///      secrets:
    /// ```
    "IRS101" "irsa-with-session-tag-condition", High Break High,
    needs: [Annotations, Roles], aws: [], fix: None, Check::Cause;
}
