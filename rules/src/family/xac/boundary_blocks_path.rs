//! XAC110 `boundary-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Boundary)
}
