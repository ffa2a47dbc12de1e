//! SPC120 `identity-mode-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use crate::world::class_faults::misspelt_parameter;
use policy_engine::simulator::Fault;

rule! {
    /// Flags a class that uses IRSA, if the service account has only a Pod Identity association.
    ///
    /// # Why it matters
    ///
    /// The provider uses IRSA unless the class contains `usePodIdentity: "true"`. It then requires the annotation
    /// `eks.amazonaws.com/role-arn` on the service account and fails the mount without it. This is a frequent mistake in a
    /// move from IRSA to Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// ```
    ///
    /// # Accepted
    ///
    /// Select Pod Identity in the class:
    ///
    /// ```yaml
    /// region: us-east-1
    /// usePodIdentity: "true"
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    "SPC120" "identity-mode-mismatch", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoAnnotation) = refusal else {
        return None;
    };
    let association = case.associations().next()?;
    let class = case.mount.class.map(|(class, _)| class);
    let misspelt =
        class.and_then(|class| misspelt_parameter(case.inventory, class, "usePodIdentity"));
    if misspelt.is_some() {
        return None;
    }
    let place = class.map_or(case.mount.name.origin, |class| {
        let asks = class.parameter("usePodIdentity");
        asks.map_or(class.parameters_origin, |value| value.origin)
    });
    let message = case.message(
        "the class uses IRSA, and the service account has only a Pod Identity association",
    );
    let draft = case
        .at(place, "the class uses IRSA", message)
        .related(association.origin, "the association")
        .help("usePodIdentity: \"true\"");
    Some(draft)
}
