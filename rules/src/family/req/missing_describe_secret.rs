//! REQ102 `missing-describe-secret`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted secret that the pod may read and not describe, where the driver polls for rotated values.
    ///
    /// # Why it matters
    ///
    /// The first mount works. Every later poll asks `DescribeSecret` first and fails, so the pod keeps an old value; it is found
    /// weeks later.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Action: secretsmanager:GetSecretValue
    /// ```
    "REQ102" "missing-describe-secret", Medium Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Describe)
}
