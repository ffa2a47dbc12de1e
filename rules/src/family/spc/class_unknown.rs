//! SPC128 `class-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::mount::cause::{Case, Refusal, nearest};
use crate::rule::Severity;
use policy_engine::inventory::SecretProviderClass;
use policy_engine::simulator::Fault;

rule! {
    /// Flags a volume that names a SecretProviderClass that does not exist in the pod's namespace. If the manifests of the cluster are
    /// not known to be complete, the rule reports a class of the same name in another namespace (medium), and a similar name of a class
    /// that no pod mounts.
    ///
    /// # Why it matters
    ///
    /// A SecretProviderClass belongs to a namespace, and the driver reads it only from the namespace of the pod. If the class
    /// does not exist there, the mount fails, and the pod stays in `ContainerCreating`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -            volumeAttributes: { secretProviderClass: app }
    /// +            volumeAttributes: { secretProviderClass: apps }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of a class in the same namespace:
    ///
    /// ```yaml
    /// volumeAttributes: { secretProviderClass: app }
    /// ```
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
    "SPC128" "class-unknown", High Break High,
    needs: [Mounts, Classes], aws: [], fix: None, Check::Cause(find), Check::World(check);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoClass(name)) = refusal else {
        return None;
    };
    let namespace = &case.mount.pod.namespace;
    let message = format!(
        "{} mounts the class `{name}`, which does not exist in the namespace {namespace}",
        case.names.pod
    );
    let draft = case.at(case.mount.name.origin, "no such class", message);
    let classes = &case.inventory.classes;
    let own = classes.iter().filter(|class| class.namespace == *namespace);
    if let Some(near) = nearest(name, own.map(|class| class.name.value.as_str())) {
        return Some(draft.help(format!("did you mean `{near}`?")));
    }
    let other = classes.iter().find(|class| class.name.value == *name);
    Some(match other {
        Some(other) => draft
            .related(
                other.name.origin,
                format!("this class is in the namespace {}", other.namespace),
            )
            .help("the class must be in the namespace of the pod"),
        None => draft.help("create the SecretProviderClass in this namespace, or correct the name"),
    })
}

/// Reports names of classes that no source contains, where another class was evidently meant.
fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    for workload in &inventory.workloads {
        let classes = inventory.classes.iter();
        let of_cluster: Vec<_> = classes
            .filter(|class| class.cluster == workload.cluster)
            .collect();
        for name in &workload.classes {
            let is_own = |class: &&&SecretProviderClass| class.namespace == workload.namespace;
            let own = || of_cluster.iter().filter(is_own);
            if own().any(|class| class.name.value == name.value) {
                continue;
            }
            let (pod, namespace) = (inventory.pod_name(&workload.pod()), &workload.namespace);
            let message = format!(
                "{pod} mounts the class `{}`, which no source contains in the namespace {namespace}",
                name.value
            );
            let draft = Draft::new(pod.as_str(), name.origin, "no such class", message)
                .because(&*name.value);
            let idle = own().filter(|class| !is_mounted(context, class));
            let near = nearest(&name.value, idle.map(|class| class.name.value.as_str()));
            if let Some(near) = near.filter(|near| is_slip(near, &name.value)) {
                findings.add(draft.help(format!("did you mean `{near}`?")));
                continue;
            }
            let mut same = of_cluster
                .iter()
                .filter(|class| class.name.value == name.value);
            if let Some(other) = same.next() {
                let label = format!("this class is in the namespace {}", other.namespace);
                let draft = draft
                    .severity(Severity::Medium)
                    .related(other.name.origin, label)
                    .help("the class must be in the namespace of the pod");
                findings.add(draft);
            }
        }
    }
}

fn is_mounted(context: &Context<'_>, class: &SecretProviderClass) -> bool {
    let mut workloads = context.inventory.workloads.iter();
    workloads.any(|workload| {
        let mut classes = workload.classes.iter();
        workload.cluster == class.cluster
            && workload.namespace == class.namespace
            && classes.any(|name| name.value == class.name.value)
    })
}

/// Whether two names differ by one letter, or long names by two.
fn is_slip(near: &str, name: &str) -> bool {
    let most = if name.len() < 8 { 1 } else { 2 };
    strsim::levenshtein(near, name) <= most
}
