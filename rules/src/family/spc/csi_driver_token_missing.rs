//! SPC135 `csi-driver-token-missing`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a CSIDriver object that does not request the token audience that the class requires.
    ///
    /// # Why it matters
    ///
    /// The provider takes the pod's service account token from the driver, and the kubelet issues only tokens for the
    /// audiences in `tokenRequests` of the CSIDriver object. Without the audience `pods.eks.amazonaws.com` (Pod Identity) or
    /// `sts.amazonaws.com` (IRSA) every mount of the class fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -        audiences: [pods.eks.amazonaws.com, sts.amazonaws.com]
    /// +        audiences: [sts.amazonaws.com]
    /// ```
    ///
    /// # Accepted
    ///
    /// Request the audience in the CSIDriver object, for example with the Helm value `tokenRequests` of the driver:
    ///
    /// ```yaml
    /// apiVersion: storage.k8s.io/v1
    /// kind: CSIDriver
    /// metadata: { name: secrets-store.csi.k8s.io }
    /// spec:
    ///   podInfoOnMount: true
    ///   attachRequired: false
    ///   volumeLifecycleModes: [Ephemeral]
    ///   tokenRequests:
    ///     - audience: pods.eks.amazonaws.com
    ///     - audience: sts.amazonaws.com
    /// ```
    ///
    /// # References
    ///
    /// * <https://kubernetes-csi.github.io/docs/token-requests.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC135" "csi-driver-token-missing", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoAudience(audience)) = refusal else {
        return None;
    };
    let message = case.message(&format!(
        "the CSIDriver object does not request a token for the audience {audience}"
    ));
    let draft = case
        .at(case.decided(), "the audience is missing", message)
        .note("providers before 3.0.0 request the token themselves")
        .help(format!(
            "add to spec.tokenRequests: `- audience: {audience}`"
        ));
    Some(draft)
}
