//! POD301 `target-role-not-permitted`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role that the first role may not assume: either side is silent.
    ///
    /// # Why it matters
    ///
    /// A role is assumed from another account only when both sides allow it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///              Action: sts:AssumeRole
    /// ```
    "POD301" "target-role-not-permitted", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    (chain.action() != "sts:TagSession").then(|| refusal.draft(case))
}
