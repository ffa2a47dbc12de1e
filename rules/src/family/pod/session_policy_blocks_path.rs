//! POD211 `session-policy-blocks-path`.

use crate::check::{Check, rule};

rule! {
    /// Flags an association whose own policy does not allow what its pod mounts.
    ///
    /// # Why it matters
    ///
    /// What counts is the intersection with the role's policies.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///                  - Effect: Allow
    ///                    Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -                  Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +                  Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/other-??????
    ///              mounts: [shop:dev/local]
    /// ```
    "POD211" "session-policy-blocks-path", High Break High,
    needs: [Associations], aws: [], fix: None, Check::Cause;
}
