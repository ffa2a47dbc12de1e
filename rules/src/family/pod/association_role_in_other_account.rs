//! POD201 `association-role-in-other-account`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags an association whose role is not in the account of the cluster.
    ///
    /// # Why it matters
    ///
    /// EKS refuses it, because whoever makes an association must be able to pass the role. Another account is reached by a
    /// target role or by resource policies.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=POD202
    /// -            association: { role: hop, targetRole: vault:reader }
    /// +            association: { role: vault:reader }
    /// ```
    "POD201" "association-role-in-other-account", High Break High,
    needs: [Associations, Clusters], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::ForeignRole) = refusal else {
        return None;
    };
    let message = case.message("the role of its association is not in the cluster's account");
    let draft = case
        .at(case.decided(), "a role of another account", message)
        .help("name a role of the cluster's account, and the other one as target role");
    Some(draft)
}
