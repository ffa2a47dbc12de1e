//! SPC129 `csi-volume-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Grade};
use crate::mount::cause::{Case, Refusal};
use policy_engine::{
    inventory::{CsiVolume, Inventory, SecretProviderClass, Workload},
    simulator::Fault,
};

rule! {
    /// Flags a volume that the driver rejects: `readOnly` is not `true`, the volume names no class, or it names a class but
    /// another driver.
    ///
    /// # Why it matters
    ///
    /// The driver mounts only read-only ephemeral volumes that name a class, and Kubernetes finds the driver by its exact
    /// name. Otherwise the mount fails, and the pod does not start.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///              driver: secrets-store.csi.k8s.io
    /// -            readOnly: true
    /// +            readOnly: false
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the driver's name, `readOnly: true` and the class:
    ///
    /// ```yaml
    /// csi:
    ///   driver: secrets-store.csi.k8s.io
    ///   readOnly: true
    ///   volumeAttributes: { secretProviderClass: app }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes `true`, or the name of the driver.
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
    /// * <https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/>
    "SPC129" "csi-volume-malformed", High Break High,
    needs: [Mounts], aws: [], fix: Some(Grade::Repair), Check::World(check), Check::Cause(find);
}

const DRIVER: &str = "secrets-store.csi.k8s.io";

fn check(context: &Context<'_>, findings: &mut Findings) {
    for workload in &context.inventory.workloads {
        let name = format!("{}/{}", workload.namespace, workload.name);
        for volume in &workload.volumes {
            let is_ours = || is_for_driver(context.inventory, workload, volume);
            if volume.driver.value == DRIVER || is_ours() {
                findings.extend(refused(volume, &name));
            }
        }
    }
}

/// Whether the volume of another driver was meant for the driver of classes: its class is one for AWS, or the name is a misspelt one.
///
/// Other drivers have classes of their own, such as `secrets-store-gke.csi.k8s.io` (Google Cloud documentation, "Use Secret Manager add-on with
/// Google Kubernetes Engine").
fn is_for_driver(inventory: &Inventory, workload: &Workload, volume: &CsiVolume) -> bool {
    let mut classes = inventory.classes.iter();
    let is_named = |class: &SecretProviderClass| {
        let name = volume.class().map(|name| name.value.as_str());
        name == Some(class.name.value.as_str())
            && class.namespace == workload.namespace
            && class.cluster == workload.cluster
    };
    strsim::damerau_levenshtein(&volume.driver.value, DRIVER) <= MOST_LETTERS
        || classes.any(|class| is_named(class) && class.provider == "aws")
}

/// The most letters by which a misspelt name differs.
const MOST_LETTERS: usize = 2;

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::Volume(_)) = refusal else {
        return None;
    };
    let workload = case.mount.workload?;
    let name = format!("{}/{}", workload.namespace, workload.name);
    refused(case.mount.rejected?, &name)
}

fn refused(volume: &CsiVolume, workload: &str) -> Option<Draft> {
    let what = format!("the volume `{}` of `{workload}`", volume.name.value);
    if volume.driver.value != DRIVER {
        let message = format!(
            "{what} has a class, and `{}` is not the driver of classes",
            volume.driver.value
        );
        let draft = Draft::new(workload, volume.driver.origin, "another driver", message);
        return Some(
            draft
                .because(&*volume.name.value)
                .help(format!("driver: {DRIVER}"))
                .replace(Grade::Repair, DRIVER),
        );
    }
    if volume.class().is_none() {
        let message = format!("{what} has no class");
        let draft = Draft::new(workload, volume.origin, "no `secretProviderClass`", message);
        return Some(
            draft
                .because(&*volume.name.value)
                .help("volumeAttributes: { secretProviderClass: NAME }"),
        );
    }
    let message = format!("{what} is not read-only, and the driver rejects it");
    let draft = match &volume.read_only {
        Some(written) if written.value => return None,
        Some(written) => {
            Draft::new(workload, written.origin, "not true", message).replace(Grade::Repair, "true")
        }
        None => Draft::new(workload, volume.origin, "no `readOnly`", message),
    };
    Some(draft.because(&*volume.name.value).help("readOnly: true"))
}
