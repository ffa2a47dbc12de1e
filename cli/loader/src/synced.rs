//! Kubernetes Secrets that a class makes while a pod mounts it, and their readers (docs/guide/inputs.md).
//!
//! Secrets Store CSI Driver documentation, "Sync as Kubernetes Secret": the driver makes the Secret when a pod mounts the class, and
//! deletes it with the last of these pods.

use crate::{loading::Loading, pending::SecretUse};
use policy_engine::{
    inventory::{SecretProviderClass, SyncedSecret, Workload},
    sighting::{Sighting, SightingKind},
};

/// Notes the references to Secrets that no source makes, or that do not have the required key.
pub(crate) fn settle(loading: &mut Loading) {
    let synced = std::mem::take(&mut loading.synced);
    let inventory = &loading.inventory;
    let is_open = |own: &SecretUse| {
        let mut open = synced.open.iter();
        let mut made = synced.made.iter();
        open.any(|place| place.value == own.place.value)
            || made.any(|(place, name)| place.value == own.place.value && *name == own.secret.value)
    };
    let mut sightings = Vec::new();
    for own in &synced.uses {
        let makers: Vec<_> = makers(&inventory.classes, own).collect();
        if makers.is_empty() || is_open(own) {
            continue;
        }
        let mounted: Vec<_> = makers
            .iter()
            .filter(|(class, _)| is_mounted(&inventory.workloads, class))
            .collect();
        match mounted.as_slice() {
            [] => sightings.extend(
                makers
                    .first()
                    .map(|(class, secret)| unmounted(own, class, secret)),
            ),
            [(class, secret)] => sightings.extend(without_key(own, class, secret)),
            _ => {}
        }
    }
    sightings.dedup();
    loading.sightings.extend(sightings);
}

/// The classes that make the Secret of a reference.
fn makers<'c>(
    classes: &'c [SecretProviderClass],
    own: &'c SecretUse,
) -> impl Iterator<Item = (&'c SecretProviderClass, &'c SyncedSecret)> {
    let (cluster, namespace) = &own.place.value;
    let classes = classes
        .iter()
        .filter(move |class| class.cluster == *cluster && class.namespace == *namespace);
    classes.flat_map(|class| {
        let secrets = class.synced.iter().filter(|secret| {
            let name = secret.name.as_ref();
            name.is_some_and(|name| name.value == own.secret.value)
        });
        secrets.map(move |secret| (class, secret))
    })
}

fn is_mounted(workloads: &[Workload], class: &SecretProviderClass) -> bool {
    workloads.iter().any(|workload| {
        let mut classes = workload.classes.iter();
        workload.cluster == class.cluster
            && workload.namespace == class.namespace
            && classes.any(|name| name.value == class.name.value)
    })
}

fn unmounted(own: &SecretUse, class: &SecretProviderClass, secret: &SyncedSecret) -> Sighting {
    Sighting {
        kind: SightingKind::UnmountedSecret {
            class: class.name.value.clone(),
        },
        object: own.object.clone(),
        what: own.secret.value.clone(),
        origin: own.secret.origin,
        other: secret.origin,
    }
}

/// A reference to a key that the class does not write; nothing where a key of the class is not written as a text.
fn without_key(
    own: &SecretUse,
    class: &SecretProviderClass,
    secret: &SyncedSecret,
) -> Option<Sighting> {
    let key = own.key.as_ref()?;
    let keys = secret.data.iter().map(|data| data.key.as_ref());
    let keys: Vec<_> = keys.collect::<Option<Vec<_>>>()?;
    let is_made = keys.iter().any(|made| made.value == key.value);
    (!is_made).then(|| Sighting {
        kind: SightingKind::UnmadeKey {
            class: class.name.value.clone(),
            secret: own.secret.value.clone(),
            keys: keys.iter().map(|key| key.value.clone()).collect(),
        },
        object: own.object.clone(),
        what: key.value.clone(),
        origin: key.origin,
        other: secret.origin,
    })
}
