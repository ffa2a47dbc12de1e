//! The objects of a manifest, and what people call them.

use crate::value::text;
use policy_engine::syntax::node::{Node, Value};
use std::borrow::Cow;

/// The objects of a document: itself, or the items of a list.
pub(crate) fn objects(document: &Node) -> Vec<Cow<'_, Node>> {
    let kind = document.get("kind").and_then(Node::as_str).unwrap_or("");
    let Some(version) = document.get("apiVersion").filter(|_| !kind.is_empty()) else {
        return Vec::new();
    };
    let of_items = kind.strip_suffix("List");
    let items = document.get("items").and_then(Node::as_list);
    let Some((of_items, items)) = of_items.zip(items) else {
        return vec![Cow::Borrowed(document)];
    };
    let objects = items.iter().flat_map(|item| {
        if of_items.is_empty() || item.get("kind").is_some() {
            return objects(item);
        }
        vec![Cow::Owned(typed(item, version, of_items))]
    });
    objects.collect()
}

/// An item of a list of one kind, as the API server writes it: with the version and kind of the list.
fn typed(item: &Node, version: &Node, kind: &str) -> Node {
    let mut item = item.clone();
    let origin = item.origin;
    if let Value::Map(members) = &mut item.value {
        members.push((text("apiVersion", origin), version.clone()));
        members.push((text("kind", origin), text(kind, origin)));
    }
    item
}

/// `Secret dev/db`
pub(crate) fn called(object: &Node) -> String {
    let part = |path: &[&str]| object.at(path).and_then(Node::as_str);
    let kind = part(&["kind"]).unwrap_or("");
    let name = part(&["metadata", "name"])
        .or_else(|| part(&["metadata", "generateName"]))
        .unwrap_or("");
    match part(&["metadata", "namespace"]) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}
