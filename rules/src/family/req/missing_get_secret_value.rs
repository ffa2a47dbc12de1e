//! REQ101 `missing-get-secret-value`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, LastCause, Refusal};

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
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::LastCause;
}

/// Every refusal that no other rule reports.
pub(super) static LAST: LastCause = LastCause { rule: &RULE, find };

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Draft {
    refusal.draft(case)
}
