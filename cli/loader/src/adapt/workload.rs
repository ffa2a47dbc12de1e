//! Anything with a pod template that mounts classes, whatever its kind.

use super::{
    attribute::hole_of,
    batch::Batch,
    object::{self, SPEC},
    spelling::Names,
    volume::{self, DRIVER, Security},
};
use crate::{
    fields::{is_object, member},
    resource::Resource,
    unread,
};
use policy_engine::{
    inventory::Workload,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Hole,
};

/// The member of a PodTemplate that holds its template.
///
/// Kubernetes API reference, "PodTemplate".
const TEMPLATE: Names = &["template"];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let stated = [SPEC, TEMPLATE].map(|names| resource.stated(names));
    let mut pods = Vec::new();
    for node in stated.iter().flatten() {
        templates(node, &mut pods);
    }
    for (number, template) in pods.iter().enumerate() {
        take_template(batch, resource, template, number);
    }
}

/// Takes one of the pod templates of an object.
fn take_template(batch: &mut Batch<'_>, resource: &Resource<'_>, template: &Node, number: usize) {
    if let Some(hole) = open_part(template) {
        batch.open_object(resource, &hole);
        batch.leave_mounts_open(resource);
        return;
    }
    let volumes = volume::read(template);
    if volumes.is_empty() {
        return;
    }
    let ours = volumes
        .iter()
        .filter(|volume| volume.driver.value == DRIVER);
    let classes = ours.filter_map(|volume| volume.class().cloned()).collect();
    let security = Security::of(template);
    let name = object::name(resource);
    let namespace = batch.namespace(resource, &name);
    // The service account and the class are those of the namespace.
    if let Some(hole) = object::hole_in_shown(&namespace) {
        batch.open_object(resource, &hole);
        return;
    }
    let account = service_account(template);
    if account.is_none() && is_part(template) {
        part(batch, resource);
        batch.leave_mounts_open(resource);
        return;
    }
    batch.loading.inventory.workloads.push(Workload {
        cluster: batch.setting.cluster.clone(),
        namespace,
        kind: resource.address.clone(),
        name: match number {
            0 => name.value,
            // Each pod template of an object makes pods of its own.
            _ => format!("{} (template {})", name.value, number + 1),
        },
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

/// What is not known of the parts of a pod template that decide its mounts.
fn open_part(template: &Node) -> Option<Hole> {
    let volumes = template.get("volumes");
    let accounts = ["serviceAccountName", "serviceAccount"];
    let mut parts = accounts.iter().filter_map(|name| template.get(name));
    let unnamed = volumes.and_then(hole_of);
    let mut each = volumes.and_then(Node::as_list).into_iter().flatten();
    let of_volumes =
        each.find_map(|volume| hole_of(volume).or_else(|| object::hole_in(volume.get("csi")?)));
    let is_mounting = of_volumes.is_some() || !volume::read(template).is_empty();
    let of_account = parts.find_map(object::hole_in).filter(|_| is_mounting);
    unnamed.or(of_volumes).or(of_account)
}

/// Whether a pod template is a patch of another: the API server requires an image of each container.
///
/// Kubernetes API reference, "Container", `image`; an API server takes an object without one only to complete it.
pub(super) fn is_part(template: &Node) -> bool {
    let containers = template.get("containers").and_then(Node::as_list);
    let mut containers = containers.into_iter().flatten();
    containers.any(|container| container.get("image").is_none())
}

/// Names an object that only a patch describes: its service account is that of the object that it completes.
fn part(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let file = batch.loading.sources.name(resource.origin.source);
    let shown = format!("{file} ({})", resource.name.value);
    batch.loading.unread_file(&shown, unread::patch());
}

/// The service account of a pod template; the API server takes the old member where the new one is empty.
///
/// Kubernetes source, `Convert_v1_PodSpec_To_core_PodSpec`.
fn service_account(template: &Node) -> Option<Spanned<String>> {
    let mut names = ["serviceAccountName", "serviceAccount"].into_iter();
    names.find_map(|name| member(template, name).filter(|account| !account.value.is_empty()))
}

/// Whether a mapping is the `spec` of a pod.
pub(crate) fn is_template(node: &Node) -> bool {
    node.get("volumes").is_some() && node.get("containers").is_some()
}

/// The mappings with `volumes` and `containers`; those of an object inside of this one are not its own.
fn templates<'n>(node: &'n Node, pods: &mut Vec<&'n Node>) {
    match &node.value {
        Value::Map(_) if is_template(node) => pods.push(node),
        Value::Map(_) if is_object(node) => {}
        Value::Map(members) => {
            let values = members.iter().map(|(_, value)| value);
            values.for_each(|value| templates(value, pods));
        }
        Value::List(items) => items.iter().for_each(|item| templates(item, pods)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where a pod template begins: the place of its first key.
fn first_line(template: &Node) -> Origin {
    template
        .as_map()
        .and_then(|members| members.first())
        .map_or(template.origin, |(key, _)| key.origin)
}
