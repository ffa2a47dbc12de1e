//! SPC128 `class-unknown`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, nearest};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a volume that names a SecretProviderClass that does not exist in the pod's namespace.
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
    needs: [Mounts, Classes], aws: [], fix: None, Check::Cause(find);
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
