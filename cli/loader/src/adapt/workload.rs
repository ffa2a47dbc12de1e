//! Anything with a pod template that mounts classes, whatever its kind.

use super::{
    batch::Batch,
    object::{self, SPEC},
    volume::{self, DRIVER, Security},
};
use crate::{fields::member, resource::Resource};
use policy_engine::{
    inventory::Workload,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let spec = resource.stated(SPEC);
    let Some(template) = spec.as_deref().and_then(pod_spec) else {
        return;
    };
    let volumes = volume::read(template);
    if volumes.is_empty() {
        return;
    }
    let ours = volumes.iter().filter(|one| one.driver.value == DRIVER);
    let classes = ours.filter_map(|volume| volume.class().cloned()).collect();
    let security = Security::of(template);
    let name = object::name(resource);
    let namespace = batch.namespace(resource, &name);
    let account =
        member(template, "serviceAccountName").or_else(|| member(template, "serviceAccount"));
    let account = account.filter(|account| !account.value.is_empty());
    batch.loading.inventory.workloads.push(Workload {
        cluster: batch.setting.cluster.clone(),
        namespace,
        kind: resource.address.clone(),
        name: name.value,
        service_account: account
            .unwrap_or_else(|| Spanned::new("default".to_owned(), first_line(template))),
        classes,
        volumes,
        run_as: security.run_as,
        fs_group: security.fs_group,
        groups: security.groups,
        origin: name.origin,
    });
}

/// The first mapping with `volumes` and `containers`, from the outside in.
fn pod_spec(node: &Node) -> Option<&Node> {
    if node.get("volumes").is_some() && node.get("containers").is_some() {
        return Some(node);
    }
    match &node.value {
        Value::Map(members) => members.iter().find_map(|(_, value)| pod_spec(value)),
        Value::List(items) => items.iter().find_map(pod_spec),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Where a pod template begins: the place of its first key.
fn first_line(template: &Node) -> Origin {
    template
        .as_map()
        .and_then(|members| members.first())
        .map_or(template.origin, |(key, _)| key.origin)
}
