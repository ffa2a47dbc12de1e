//! SPC137 `service-account-unknown`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, nearest};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a pod template whose service account does not exist. The rule requires that all service accounts of the cluster are known,
    /// and that a source describes at least one.
    ///
    /// # Why it matters
    ///
    /// Kubernetes makes a pod only if its service account exists in the namespace of the pod. Kubernetes makes no service account but
    /// `default`. Without it the controller of the workload reports `FailedCreate`, and no pod starts.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      serviceAccountName: app
    /// +      serviceAccountName: apps
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of a service account in the same namespace:
    ///
    /// ```yaml
    /// serviceAccountName: app
    /// ```
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>
    "SPC137" "service-account-unknown", High Break High,
    needs: [Mounts, Classes], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoServiceAccount(name)) = refusal else {
        return None;
    };
    let workload = case.mount.workload?;
    let pod = &case.mount.pod;
    let message = format!(
        "the service account `{name}` of {} does not exist in the namespace {}",
        case.names.pod, pod.namespace
    );
    let place = workload.service_account.origin;
    let draft = case.at(place, "no such service account", message);
    let accounts = case.inventory.service_accounts.iter();
    let own =
        accounts.filter(|own| own.pod.cluster == pod.cluster && own.pod.namespace == pod.namespace);
    let near = nearest(name, own.map(|own| own.pod.service_account.as_str()));
    Some(match near {
        Some(near) => draft.help(format!("did you mean `{near}`?")),
        None => draft.help("create the service account in this namespace, or correct the name"),
    })
}
