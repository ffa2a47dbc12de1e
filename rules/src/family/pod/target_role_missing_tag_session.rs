//! POD302 `target-role-missing-tag-session`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role that may be assumed, but not with the session tags of the first role.
    ///
    /// # Why it matters
    ///
    /// The tags of a Pod Identity session are transitive and are set again on the target role. IRSA sent none, hence "it worked
    /// until we moved".
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            into-vault:
    ///              - Effect: Allow
    /// -              Action: [sts:AssumeRole, sts:TagSession]
    /// +              Action: sts:AssumeRole
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: adds `sts:TagSession` on the side that lacks it.
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
    "POD302" "target-role-missing-tag-session", High Break High,
    needs: [Associations, Roles], aws: [], fix: Some(Grade::Repair), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    (chain.action() == "sts:TagSession").then(|| refusal.draft(case))
}
