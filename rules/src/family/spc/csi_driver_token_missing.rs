//! SPC135 `csi-driver-token-missing`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a CSIDriver object that does not ask for the token that the class needs.
    ///
    /// # Why it matters
    ///
    /// The provider takes the token from the driver and makes none itself.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -        audiences: [pods.eks.amazonaws.com, sts.amazonaws.com]
    /// +        audiences: [sts.amazonaws.com]
    /// ```
    "SPC135" "csi-driver-token-missing", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoAudience(audience)) = refusal else {
        return None;
    };
    let message = case.message(&format!(
        "the CSIDriver object asks for no token of audience {audience}"
    ));
    let draft = case
        .at(case.decided(), "the audience is missing", message)
        .help(format!(
            "add `- audience: {audience}` to spec.tokenRequests"
        ));
    Some(draft)
}
