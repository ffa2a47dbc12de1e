//! POD211 `session-policy-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    properties: [Generic], needs: [Associations], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Session)
}
