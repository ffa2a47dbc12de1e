//! Objects of Kubernetes that Terraform makes, as manifests.
//!
//! Terraform Kubernetes provider documentation: its resources have the members of the API in small letters with `_`; what is an
//! object in the API is a block, and a list of objects is a repeated block.

use super::{plan, resolve::Resolver};
use crate::{
    loading::Loading,
    unread,
    value::{embedded_yaml, has_hole, hole, hole_name, text},
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::Hole,
};

/// The types that make one object of a kind: the type without `_v1`, version and kind.
const KINDS: [(&str, &str, &str); 10] = [
    ("kubernetes_service_account", "v1", "ServiceAccount"),
    ("kubernetes_pod", "v1", "Pod"),
    (
        "kubernetes_replication_controller",
        "v1",
        "ReplicationController",
    ),
    ("kubernetes_deployment", "apps/v1", "Deployment"),
    ("kubernetes_stateful_set", "apps/v1", "StatefulSet"),
    ("kubernetes_daemonset", "apps/v1", "DaemonSet"),
    ("kubernetes_daemon_set", "apps/v1", "DaemonSet"),
    ("kubernetes_job", "batch/v1", "Job"),
    ("kubernetes_cron_job", "batch/v1", "CronJob"),
    ("kubernetes_replica_set", "apps/v1", "ReplicaSet"),
];
/// Blocks that are lists in the API, and their names there.
const LISTS: [(&str, &str); 18] = [
    ("container", "containers"),
    ("init_container", "initContainers"),
    ("volume", "volumes"),
    ("volume_mount", "volumeMounts"),
    ("volume_device", "volumeDevices"),
    ("volume_claim_template", "volumeClaimTemplates"),
    ("env", "env"),
    ("env_from", "envFrom"),
    ("port", "ports"),
    ("toleration", "tolerations"),
    ("host_aliases", "hostAliases"),
    ("image_pull_secrets", "imagePullSecrets"),
    ("items", "items"),
    ("sources", "sources"),
    ("match_expressions", "matchExpressions"),
    ("readiness_gate", "readinessGates"),
    ("sysctl", "sysctls"),
    ("topology_spread_constraint", "topologySpreadConstraints"),
];

/// The objects that the resources of the Kubernetes providers make.
pub(super) fn read(loading: &mut Loading, resolver: &Resolver<'_>) -> Vec<Node> {
    let mut objects = Vec::new();
    let managed = resolver.plan.resources.iter();
    for resource in managed.filter(|resource| !resource.data) {
        let bare = resource.kind.strip_suffix("_v1").unwrap_or(&resource.kind);
        let mut kinds = KINDS.iter();
        let made = match kinds.find(|(kind, ..)| *kind == bare) {
            Some((_, version, kind)) => {
                let made = object(resolver, resource, version, kind);
                let metadata = made.get("metadata");
                if let Some(part) = metadata.and_then(hole_name) {
                    name_open(loading, resource, part, made.origin);
                    continue;
                }
                vec![made]
            }
            None if matches!(bare, "kubernetes_manifest" | "kubectl_manifest") => {
                manifests(loading, resolver, resource)
            }
            None if bare == "kubernetes_annotations" => annotated(resolver, resource),
            None => continue,
        };
        let made = made.into_iter().map(|object| match &resource.open {
            Some(why) => doubtful(object, why),
            None => object,
        });
        objects.extend(made);
    }
    objects
}

/// An object of a resource with blocks; without a namespace the provider makes it in `default`.
fn object(
    resolver: &Resolver<'_>,
    resource: &plan::Resource<'_>,
    version: &str,
    kind: &str,
) -> Node {
    let origin = resolver.place(resource);
    let mut members = vec![
        (text("apiVersion", origin), text(version, origin)),
        (text("kind", origin), text(kind, origin)),
    ];
    for name in ["metadata", "spec"] {
        let Some(value) = resolver.field(resource, name) else {
            continue;
        };
        let mut value = converted(&value, name);
        if name == "metadata" {
            with_namespace(&mut value);
        }
        members.push((text(name, origin), value));
    }
    map(members, origin)
}

/// A service account of which only the annotations are stated.
///
/// Terraform Kubernetes provider documentation, "kubernetes_annotations".
fn annotated(resolver: &Resolver<'_>, resource: &plan::Resource<'_>) -> Vec<Node> {
    let kind = resolver.field(resource, "kind");
    if kind
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .as_deref()
        != Some("ServiceAccount")
    {
        return Vec::new();
    }
    let mut made = object(resolver, resource, "v1", "ServiceAccount");
    let annotations = resolver.field(resource, "annotations");
    if let (Value::Map(members), Some(annotations)) = (&mut made.value, annotations) {
        let metadata = members
            .iter_mut()
            .find(|(key, _)| key.as_str() == Some("metadata"));
        if let Some((_, metadata)) = metadata
            && let Value::Map(members) = &mut metadata.value
        {
            members.push((text("annotations", annotations.origin), annotations));
        }
    }
    vec![made]
}

fn with_namespace(metadata: &mut Node) {
    let origin = metadata.origin;
    let is_stated = metadata.get("namespace").is_some();
    if let Value::Map(members) = &mut metadata.value
        && !is_stated
    {
        members.push((text("namespace", origin), text("default", origin)));
    }
}

/// The value of an argument or of blocks of a name, in the form of the API.
fn converted(value: &Node, name: &str) -> Node {
    let Value::List(blocks) = &value.value else {
        // The keys of a map are those of the user.
        return value.clone();
    };
    let is_list = LISTS.iter().any(|(block, _)| *block == name);
    let holds_blocks = blocks
        .iter()
        .all(|block| block.as_map().is_some() || hole_name(block).is_some());
    match blocks.as_slice() {
        [only] if !is_list && holds_blocks => block(only),
        blocks if is_list && holds_blocks => {
            let value_of = Value::List(blocks.iter().map(block).collect());
            Node {
                value: value_of,
                origin: value.origin,
            }
        }
        _ => value.clone(),
    }
}

/// A block with the names of the API; what is null is not set.
fn block(own: &Node) -> Node {
    let Value::Map(members) = &own.value else {
        return own.clone();
    };
    let is_set =
        |value: &Node| !value.is_null() && value.as_list().is_none_or(|list| !list.is_empty());
    let members = members.iter().filter(|(_, value)| is_set(value));
    let members = members.map(|(key, value)| match key.as_str() {
        Some(name) => (text(named(name), key.origin), converted(value, name)),
        None => (key.clone(), value.clone()),
    });
    map(members.collect(), own.origin)
}

/// The name of a member in the API.
fn named(name: &str) -> String {
    let mut lists = LISTS.iter();
    if let Some((_, list)) = lists.find(|(block, _)| *block == name) {
        return (*list).to_owned();
    }
    let mut made = String::new();
    for (at, word) in name.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(letter) if at > 0 => made.push(letter.to_ascii_uppercase()),
            letter => made.extend(letter),
        }
        made.push_str(letters.as_str());
    }
    made
}

/// `manifest` of the Kubernetes provider, `yaml_body` of the other; a manifest that is unknown as a whole is named.
fn manifests(
    loading: &mut Loading,
    resolver: &Resolver<'_>,
    resource: &plan::Resource<'_>,
) -> Vec<Node> {
    let manifest = resolver.field(resource, "manifest");
    let manifest = manifest.or_else(|| resolver.field(resource, "yaml_body"));
    let Some(manifest) = manifest else {
        return Vec::new();
    };
    let objects = match &manifest.value {
        Value::Map(_) => Some(vec![manifest.clone()]),
        _ => embedded_yaml(&manifest),
    };
    let is_object = |object: &Node| {
        let part = |name: &str| object.get(name).is_some_and(|part| !has_hole(part));
        part("apiVersion") && part("kind")
    };
    match objects {
        Some(objects) if objects.iter().all(is_object) => objects,
        _ => {
            let part = hole_name(&manifest).unwrap_or("its manifest");
            name_open(loading, resource, part, manifest.origin);
            Vec::new()
        }
    }
}

/// Names an object of which nothing is known.
fn name_open(loading: &mut Loading, resource: &plan::Resource<'_>, part: &str, origin: Origin) {
    let file = loading.sources.name(origin.source);
    let shown = format!("{file} ({})", resource.address);
    loading.unread_file(&shown, unread::open_object(&Hole::any(part.to_owned())));
}

/// An object that may not exist: what it states is unknown.
fn doubtful(object: Node, why: &str) -> Node {
    let origin = object.origin;
    let Value::Map(mut members) = object.value else {
        return object;
    };
    for (key, value) in &mut members {
        match (key.as_str(), &mut value.value) {
            (Some("metadata"), Value::Map(members)) => {
                members.retain(|(key, _)| key.as_str() != Some("annotations"));
                members.push((text("annotations", origin), hole(why, origin)));
            }
            (Some("spec"), Value::Map(_)) => open_part(value, why),
            _ => {}
        }
    }
    map(members, origin)
}

/// Leaves the part of a `spec` open that decides mounts: the volumes of a pod, or all of a class.
fn open_part(spec: &mut Node, why: &str) {
    let unknown = hole(why, spec.origin);
    match pod_template(spec) {
        Some(template) => {
            if let Value::Map(members) = &mut template.value {
                for (_, value) in members
                    .iter_mut()
                    .filter(|(key, _)| key.as_str() == Some("volumes"))
                {
                    *value = unknown.clone();
                }
            }
        }
        None => *spec = unknown,
    }
}

/// The first map with `volumes` and `containers`, from the outside in.
fn pod_template(node: &mut Node) -> Option<&mut Node> {
    if node.get("volumes").is_some() && node.get("containers").is_some() {
        return Some(node);
    }
    match &mut node.value {
        Value::Map(members) => members
            .iter_mut()
            .find_map(|(_, value)| pod_template(value)),
        Value::List(items) => items.iter_mut().find_map(pod_template),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn map(members: Vec<(Node, Node)>, origin: Origin) -> Node {
    let value = Value::Map(members);
    Node { value, origin }
}
