//! SPC121 `pod-without-identity`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a workload that mounts objects and whose service account has neither association nor annotation.
    ///
    /// # Why it matters
    ///
    /// The mount fails; the role of the node is never used for it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            dev/chained:
    /// -            association: { role: hop, targetRole: vault:reader }
    /// ```
    "SPC121" "pod-without-identity", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    match refusal {
        Refusal::Fault(Fault::NoAssociation) => Some(no_association(case)),
        Refusal::Fault(Fault::NoAnnotation) => Some(no_role(case)),
        _ => None,
    }
}

fn no_association(case: &Case<'_>) -> Draft {
    let pod = &case.mount.pod;
    let cluster = case.inventory.cluster(&pod.cluster);
    let cluster = cluster.map_or(pod.cluster.as_str(), |cluster| cluster.name.as_str());
    let help = format!(
        "aws eks create-pod-identity-association --cluster-name {cluster} --namespace {} --service-account {} --role-arn ROLE",
        pod.namespace, pod.service_account
    );
    let label = "no association names this service account";
    case.at(
        case.service_account(),
        label,
        case.message("it has no association"),
    )
    .mounted(case.mount.name.origin)
    .help(help)
}

fn no_role(case: &Case<'_>) -> Draft {
    let label = "neither annotation nor association";
    case.at(case.service_account(), label, case.message("its service account has no role"))
        .help("annotate it with eks.amazonaws.com/role-arn, or use Pod Identity: usePodIdentity: \"true\" and an association")
}
