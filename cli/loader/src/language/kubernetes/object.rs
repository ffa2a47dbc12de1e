//! The objects of a manifest, and what people call them.

use policy_engine::syntax::node::Node;

/// The objects of a document: itself, or the items of a list.
pub(crate) fn objects(document: &Node) -> Vec<&Node> {
    let kind = document.get("kind").and_then(Node::as_str).unwrap_or("");
    if document.get("apiVersion").is_none() || kind.is_empty() {
        return Vec::new();
    }
    match document
        .get("items")
        .and_then(Node::as_list)
        .filter(|_| kind.ends_with("List"))
    {
        Some(items) => items.iter().flat_map(objects).collect(),
        None => vec![document],
    }
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
