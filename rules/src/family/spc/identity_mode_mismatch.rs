//! SPC120 `identity-mode-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a class that asks for IRSA while the service account has only an association.
    ///
    /// # Why it matters
    ///
    /// IRSA is the default of the provider, so this is the commonest slip of a move to Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// ```
    "SPC120" "identity-mode-mismatch", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoAnnotation) = refusal else {
        return None;
    };
    let association = case.associations().next()?;
    let class = case.mount.class.map(|(class, _)| class);
    let place = class.map_or(case.mount.name.origin, |class| {
        let asks = class.parameter("usePodIdentity");
        asks.map_or(class.parameters_origin, |value| value.origin)
    });
    let message = case.message(
        "the class uses IRSA, and the service account has only a Pod Identity association",
    );
    let draft = case
        .at(place, "Pod Identity is not asked for", message)
        .related(association.origin, "the association")
        .help("usePodIdentity: \"true\"");
    Some(draft)
}
