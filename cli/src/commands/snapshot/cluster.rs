//! Keeps the pods of one cluster, and the objects, keys and roles that they and their promises name.

use loader::nearest;
use policy_engine::{
    inventory::{Association, Inventory, KeyRef, find::Object, promise::Promises},
    simulator::Simulator,
};
use std::collections::HashSet;

/// Takes everything out that belongs to other clusters; fails with a message and advice where the cluster is not known.
pub(super) fn keep(
    inventory: &mut Inventory,
    promises: &mut Promises,
    name: &str,
) -> Result<(), (String, String)> {
    let arn = inventory.cluster(name).map(|cluster| cluster.arn.clone());
    let is_ours = |cluster: &str| cluster == name || Some(cluster) == arn.as_deref();
    if arn.is_none() && !inventory.pods().iter().any(|pod| is_ours(&pod.cluster)) {
        let names = inventory
            .clusters
            .iter()
            .map(|cluster| cluster.name.as_str());
        let help = match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if inventory.clusters.is_empty() => "no input names a cluster".to_owned(),
            None => format!("known: {}", names.collect::<Vec<_>>().join(", ")),
        };
        return Err((format!("there is no cluster `{name}`"), help));
    }
    inventory.clusters.retain(|cluster| is_ours(&cluster.arn));
    inventory
        .service_accounts
        .retain(|account| is_ours(&account.pod.cluster));
    inventory
        .associations
        .retain(|association| is_ours(&association.cluster));
    inventory.classes.retain(|class| is_ours(&class.cluster));
    inventory
        .workloads
        .retain(|workload| is_ours(&workload.cluster));
    inventory.mounts.retain(|mount| is_ours(&mount.pod.cluster));
    inventory.access.roles.retain(|role| is_ours(&role.cluster));
    inventory
        .access
        .bindings
        .retain(|binding| is_ours(&binding.cluster));
    inventory.loose.clear();
    promised(inventory, promises);
    objects(inventory, promises);
    keys(inventory);
    roles(inventory);
    Ok(())
}

/// Promises about pods that are left.
fn promised(inventory: &Inventory, promises: &mut Promises) {
    let is_known = |pod: &str| !inventory.find_pods(pod).is_empty();
    promises.pods.retain(|promise| is_known(&promise.pod.value));
    for readers in &mut promises.readers {
        readers.pods.retain(|pod| is_known(&pod.value));
    }
}

/// The secrets and parameters that a class, a mount or a promise names.
fn objects(inventory: &mut Inventory, promises: &Promises) {
    let mut named: HashSet<String> = HashSet::new();
    let mut take = |object: Object<'_>| {
        named.insert(object.arn().to_string());
    };
    let simulator = Simulator::new(inventory);
    for object in simulator.mounts().iter().filter_map(|mount| mount.object) {
        take(object);
    }
    // A workload outside the manifests may mount a class; the account of its pods is that of their cluster.
    let names = inventory.classes.iter().flat_map(|class| {
        let descriptors = class.objects.iter();
        descriptors.flat_map(|descriptor| {
            let failover = descriptor
                .failover
                .as_ref()
                .and_then(|other| other.name.as_ref());
            [Some(&descriptor.name), failover].into_iter().flatten()
        })
    });
    let wanted: HashSet<&str> = names
        .map(|name| name.value.trim_start_matches('/'))
        .collect();
    for object in inventory.objects() {
        let arn = object.arn().to_string();
        let is_named =
            wanted.contains(object.name().trim_start_matches('/')) || wanted.contains(arn.as_str());
        if is_named {
            take(object);
        }
    }
    let asked = promises.pods.iter().map(|promise| &promise.object);
    let asked = asked.chain(promises.readers.iter().map(|readers| &readers.object));
    for reference in asked.chain(inventory.mounts.iter().map(|mount| &mount.object)) {
        for object in inventory.find_objects(&reference.value) {
            take(object);
        }
    }
    for name in wanted.iter().filter(|name| name.starts_with("arn:")) {
        for object in inventory.find_objects(name) {
            take(object);
        }
    }
    inventory
        .secrets
        .retain(|secret| named.contains(&secret.arn.to_string()));
    inventory
        .parameters
        .retain(|parameter| named.contains(&parameter.arn));
}

/// The keys of the kept objects, and AWS managed keys.
fn keys(inventory: &mut Inventory) {
    let of_secret = inventory.secrets.iter().flat_map(|secret| {
        let replicas = secret.replicas.list.iter();
        let replicas =
            replicas.map(|replica| (&replica.key, &secret.account, replica.region.value.as_str()));
        std::iter::once((&secret.key, &secret.account, secret.region.as_str())).chain(replicas)
    });
    let of_parameter = inventory.parameters.iter();
    let of_parameter = of_parameter.map(|parameter| {
        (
            &parameter.key,
            &parameter.account,
            parameter.region.as_str(),
        )
    });
    let named: HashSet<String> = of_secret
        .chain(of_parameter)
        .filter_map(|(key, account, region)| match key {
            KeyRef::Named(name) => inventory.find_key(&name.value, account, region),
            KeyRef::AwsManaged(_) | KeyRef::Unknown(_) => None,
        })
        .map(|key| key.arn.to_string())
        .collect();
    inventory
        .keys
        .retain(|key| key.aws_managed || named.contains(&key.arn.to_string()));
}

/// The roles that the pods become, and the policies attached to them.
fn roles(inventory: &mut Inventory) {
    let associated = inventory.associations.iter();
    let associated = associated.flat_map(Association::roles);
    let annotated = inventory.service_accounts.iter();
    let annotated = annotated.filter_map(|account| account.irsa.as_ref());
    let named: HashSet<String> = associated
        .chain(annotated)
        .map(|arn| arn.value.clone())
        .collect();
    inventory
        .roles
        .retain(|role| named.contains(role.arn.as_str()));
    let attached: HashSet<String> = inventory
        .roles
        .iter()
        .flat_map(|role| role.attached.list.iter().chain(role.boundary.known()))
        .map(|arn| arn.value.clone())
        .collect();
    inventory
        .policies
        .retain(|policy| attached.contains(&policy.arn));
}
