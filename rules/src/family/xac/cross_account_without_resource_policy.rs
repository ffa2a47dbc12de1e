//! XAC101 `cross-account-without-resource-policy`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a secret of another account without a policy that lets the pod's role in.
    ///
    /// # Why it matters
    ///
    /// Across accounts both sides must allow. The provider offers no way round.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -        policy:
    /// -          - Sid: PodsOfShop
    /// -            Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// -            Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -            Resource: "*"
    /// -            Condition: *own
    /// ```
    "XAC101" "cross-account-without-resource-policy", High Break High,
    properties: [Generic], needs: [Secrets], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Secret)
}
