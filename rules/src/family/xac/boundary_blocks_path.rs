//! XAC110 `boundary-blocks-path`.

use crate::check::{Check, rule};

rule! {
    /// Flags a permissions boundary that does not allow what a pod needs.
    ///
    /// # Why it matters
    ///
    /// Boundary and policies intersect, and another team writes the boundary.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -          Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret, kms:Decrypt]
    /// +          Action: [s3:GetObject, kms:Decrypt]
    /// ```
    "XAC110" "boundary-blocks-path", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause;
}
