//! A SecretProviderClass as the provider reads it: the list of objects is YAML inside a string (docs/semantics.md#mounts-of-the-csi-provider).
//!
//! What the provider refuses is no problem of reading: it is kept as it is written, or as the reason why it cannot be
//! read, and judged later.

use super::{
    batch::Batch,
    object::{self, SPEC},
};
use crate::{
    fields::{member, spelt},
    resource::Resource,
};
use policy_engine::{
    inventory::{
        Descriptor, Dialect, OpenClass, SecretProviderClass, SyncedKey, SyncedSecret,
        class::{read_objects, read_retyped},
    },
    source::Spanned,
    syntax::node::{Node, Value},
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = object::name(resource);
    let namespace = batch.namespace(resource, &name);
    let spec = resource.stated(SPEC);
    // A class of another provider has no objects to read.
    let of_us = spec.as_deref().filter(|spec| {
        spec.get("provider")
            .is_none_or(|provider| provider.as_str().is_none_or(|provider| provider == "aws"))
    });
    let names = [namespace.as_str(), name.value.as_str()];
    let unnamed = names.iter().find_map(|name| object::hole_in_shown(name));
    if let Some(hole) = of_us.and_then(object::hole_in).or(unnamed) {
        let open = OpenClass {
            cluster: batch.setting.cluster.clone(),
            namespace,
            name,
            part: hole,
        };
        batch.loading.inventory.open_classes.push(open);
        return;
    }
    let entry = spec.as_deref().and_then(|spec| spec.entry("parameters"));
    let parameters = entry.map(|(_, value)| value);
    let members = parameters.and_then(Node::as_map).unwrap_or_default();
    let provider = spec
        .as_deref()
        .and_then(|spec| spec.get("provider")?.as_str());
    // Parameters of another provider may be anything, also values of secrets.
    let is_ours = provider.is_none_or(|provider| provider.eq_ignore_ascii_case("aws"));
    let texts = members
        .iter()
        .filter(|(key, _)| is_ours && key.as_str() != Some("objects"));
    let unquoted = members.iter().filter(|(key, value)| match value.value {
        Value::Bool(_) | Value::Number(_) => true,
        // The shape of `objects` has a fault of its own.
        Value::List(_) | Value::Map(_) => key.as_str() != Some("objects"),
        Value::Null | Value::String(_) => false,
    });
    let mut class = SecretProviderClass {
        provider: provider.unwrap_or_default().to_owned(),
        unquoted: unquoted
            .filter_map(|(key, value)| Some(Spanned::new(key.as_str()?.to_owned(), value.origin)))
            .collect(),
        cluster: batch.setting.cluster.clone(),
        namespace,
        parameters: texts
            .filter_map(|(key, value)| Some(parameter(spelt(key)?, spelt(value)?)))
            .collect(),
        parameters_origin: entry.map_or(name.origin, |(key, _)| key.origin),
        name,
        objects: Vec::new(),
        retyped: None,
        unreadable: None,
        synced: spec.as_deref().map(synced).unwrap_or_default(),
    };
    match parameters
        .and_then(|parameters| parameters.get("objects"))
        .map(|node| objects(node, batch.text))
    {
        Some(Ok((objects, retyped))) => (class.objects, class.retyped) = (objects, retyped),
        Some(Err(reason)) => class.unreadable = Some(reason),
        None => {}
    }
    batch.loading.inventory.classes.push(class);
}

/// The names of the labels of a synced secret; their values may be anything.
fn labels(entry: &Node) -> Vec<(Spanned<String>, Spanned<String>)> {
    let mut labels = super::volume::texts(entry.get("labels"));
    for (_, value) in &mut labels {
        value.value.clear();
    }
    labels
}

/// A parameter; of one that no provider reads only the name is kept.
fn parameter(
    key: Spanned<String>,
    mut value: Spanned<String>,
) -> (Spanned<String>, Spanned<String>) {
    if !Dialect::Ours.parameters().contains(&key.value.as_str()) {
        value.value.clear();
    }
    (key, value)
}

/// `secretObjects`; what has another shape is refused by the API server and left out.
fn synced(spec: &Node) -> Vec<SyncedSecret> {
    let entries = spec
        .get("secretObjects")
        .and_then(Node::as_list)
        .unwrap_or_default();
    let data = |entry: &Node| -> Vec<SyncedKey> {
        let items = entry.get("data").and_then(Node::as_list);
        let items = items.unwrap_or_default().iter();
        items
            .map(|item| SyncedKey {
                origin: item.origin,
                object: member(item, "objectName"),
                key: member(item, "key"),
            })
            .collect()
    };
    let entries = entries.iter().map(|entry| SyncedSecret {
        origin: entry.origin,
        name: member(entry, "secretName"),
        kind: member(entry, "type"),
        labels: labels(entry),
        data: data(entry),
    });
    entries.collect()
}

type Reason = Spanned<String>;

fn objects(node: &Node, text: &str) -> Result<(Vec<Descriptor>, Option<Vec<Descriptor>>), Reason> {
    let scalar = match &node.value {
        Value::String(scalar) => scalar,
        Value::Null => return Ok((Vec::new(), None)),
        _ => {
            return Err(reason(
                node,
                &format!(
                    "`objects` is a string that contains a YAML list, not {}",
                    node.kind()
                ),
            ));
        }
    };
    let written = scalar.text.known().unwrap_or("");
    let documents =
        yaml::parse_embedded(node.origin.source, written, &scalar.offsets).map_err(|error| {
            Spanned::new(
                format!("error converting YAML to JSON: {}", error.message),
                error.origin,
            )
        })?;
    let document = documents.first();
    Ok((read_objects(document, text)?, read_retyped(document, text)))
}

fn reason(node: &Node, message: &str) -> Reason {
    Spanned::new(message.to_owned(), node.origin)
}
