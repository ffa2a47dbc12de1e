//! Kubernetes Secrets: what reads them, and what makes them beside a class.
//!
//! Of a Secret only its name is read.

use super::{
    attribute::shown_text,
    batch::Batch,
    object::{self, SPEC},
    volume::{CONTAINERS, boolean, list},
    workload::is_part,
};
use crate::{fields::member, pending::SecretUse, resource::Resource};
use policy_engine::{
    source::Spanned,
    syntax::node::{Node, Value},
};

/// The members of `spec` by which operators name the Secret that they make; without these it has the name of the object.
const MADE: [&[&str]; 4] = [
    &["target", "name"],
    &["destination", "name"],
    &["template", "metadata", "name"],
    &["secretName"],
];

/// A reference to a Secret: its name and the key that it requires.
type Reference = (Spanned<String>, Option<Spanned<String>>);

/// Keeps that the Secret exists without a class.
pub(super) fn made(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = object::name(resource).value;
    keep_made(batch, resource, name);
}

/// Keeps the Secrets that an operator makes of an object, such as a SealedSecret or an ExternalSecret.
pub(super) fn made_by(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    if resource.address.ends_with("Secret") {
        made(batch, resource);
    }
    let spec = resource.stated(SPEC);
    for path in MADE {
        let name = spec.as_deref().and_then(|spec| spec.at(path));
        if let Some(name) = name.and_then(shown_text) {
            keep_made(batch, resource, name.value);
        }
    }
}

fn keep_made(batch: &mut Batch<'_>, resource: &Resource<'_>, name: String) {
    let place = batch.place(resource);
    batch.loading.synced.made.push((place, name));
}

/// Keeps the references of an object to Secrets that it requires.
pub(super) fn uses(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let mut references = Vec::new();
    if let Some(pulls) = resource.stated(&["imagePullSecrets"]) {
        pulled(&pulls, &mut references);
    }
    if let Some(spec) = resource.stated(SPEC) {
        if resource.address == "Ingress" {
            let entries = list(&spec, "tls").iter();
            references.extend(entries.filter_map(|entry| named(entry, "secretName")));
        }
        templates(&spec, &mut references);
    }
    if references.is_empty() {
        return;
    }
    let place = batch.place(resource);
    let object = resource.name.value.clone();
    let uses = references.into_iter().map(|(secret, key)| SecretUse {
        place: place.clone(),
        object: object.clone(),
        secret,
        key,
    });
    batch.loading.synced.uses.extend(uses);
}

/// The references of all pod templates of an object, but of patches: the object that a patch completes may mount the class.
fn templates(node: &Node, references: &mut Vec<Reference>) {
    match &node.value {
        Value::Map(_) if node.get("containers").and_then(Node::as_list).is_some() => {
            if !is_part(node) {
                of_pod(node, references);
            }
        }
        Value::Map(members) => {
            let values = members.iter().map(|(_, value)| value);
            values.for_each(|value| templates(value, references));
        }
        Value::List(items) => items.iter().for_each(|item| templates(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The references of a pod template. A pod starts without a Secret of an optional reference.
///
/// Kubernetes documentation, "Secrets", section "Optional Secrets".
fn of_pod(template: &Node, references: &mut Vec<Reference>) {
    let containers = CONTAINERS.iter().flat_map(|kind| list(template, kind));
    for container in containers {
        let variables = list(container, "env").iter();
        let variables = variables.filter_map(|own| own.at(&["valueFrom", "secretKeyRef"]));
        references.extend(
            variables
                .filter(|own| !is_optional(own))
                .filter_map(|own| Some((member(own, "name")?, member(own, "key")))),
        );
        let whole = list(container, "envFrom").iter();
        let whole = whole.filter_map(|own| own.get("secretRef"));
        references.extend(
            whole
                .filter(|own| !is_optional(own))
                .filter_map(|own| named(own, "name")),
        );
    }
    for volume in list(template, "volumes") {
        if let Some(secret) = volume.get("secret") {
            of_volume(secret, "secretName", references);
        }
        let projected = volume.get("projected");
        let sources = projected
            .map(|own| list(own, "sources"))
            .unwrap_or_default();
        for secret in sources.iter().filter_map(|source| source.get("secret")) {
            of_volume(secret, "name", references);
        }
    }
    if let Some(pulls) = template.get("imagePullSecrets") {
        pulled(pulls, references);
    }
}

/// A Secret as a volume, with the keys that become files.
fn of_volume(secret: &Node, name: &str, references: &mut Vec<Reference>) {
    if is_optional(secret) {
        return;
    }
    references.extend(named(secret, name));
    let items = list(secret, "items").iter();
    references
        .extend(items.filter_map(|item| Some((member(secret, name)?, Some(member(item, "key")?)))));
}

fn pulled(pulls: &Node, references: &mut Vec<Reference>) {
    let pulls = pulls.as_list().unwrap_or_default().iter();
    references.extend(pulls.filter_map(|own| named(own, "name")));
}

/// A reference to a whole Secret.
fn named(node: &Node, name: &str) -> Option<Reference> {
    Some((member(node, name)?, None))
}

fn is_optional(node: &Node) -> bool {
    boolean(node, "optional").is_some_and(|optional| optional.value)
}

impl Batch<'_> {
    /// Cluster and namespace of an object.
    fn place(&self, resource: &Resource<'_>) -> Spanned<(String, String)> {
        let namespace = self.stated_namespace(resource);
        let namespace = namespace.unwrap_or_else(|| "default".to_owned());
        let place = (self.setting.cluster.clone(), namespace);
        Spanned::new(place, resource.origin)
    }

    /// Keeps that an object may mount any class of its namespace.
    pub(super) fn leave_mounts_open(&mut self, resource: &Resource<'_>) {
        let place = self.place(resource);
        self.loading.synced.open.push(place);
    }
}
