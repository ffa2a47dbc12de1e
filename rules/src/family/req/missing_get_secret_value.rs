//! REQ101 `missing-get-secret-value`.

use crate::check::{Check, rule};

rule! {
    /// Flags a mounted secret that no policy of the pod's role lets it read.
    ///
    /// # Why it matters
    ///
    /// The mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:DescribeSecret
    /// ```
    "REQ101" "missing-get-secret-value", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause;
}
