//! Patches: how they are written, and what a strategic merge patch does with an object.

use super::{failure::Failure, merge::merge, object::Object, schema::Schema, tree};
use crate::language::kubernetes::object::objects;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::borrow::Cow;

/// A patch in either form.
pub(super) enum Patch {
    Merge(Vec<Node>),
    Json(Vec<Node>),
}

/// Applies a strategic merge patch to an object, whose name, kind and namespace stay unless its options allow a change.
pub(super) fn apply(object: &mut Object, patch: &Node, entry: &Node) -> Result<(), Failure> {
    let allows = |name: &str| {
        entry
            .get("options")
            .is_some_and(|options| tree::is_true(options, name))
    };
    let (may_rename, may_change) = (allows("allowNameChange"), allows("allowKindChange"));
    if may_rename || may_change {
        object.remember();
    }
    let (id, name) = (object.id(), object.name());
    let kept: Vec<_> = ["apiVersion", "kind"]
        .iter()
        .filter_map(|name| object.node.entry(name).cloned())
        .collect();
    let namespace = object.node.at(&["metadata", "namespace"]).cloned();
    let schema = Schema::of(&object.node);
    let empty = tree::map(Vec::new(), object.node.origin);
    let origin = object.node.origin;
    let old = std::mem::replace(&mut object.node, empty);
    let Some(merged) = merge(Some(old), patch, schema)? else {
        return Ok(());
    };
    object.node = Node { origin, ..merged };
    if !may_change {
        for (key, value) in kept {
            tree::set(&mut object.node, key, value);
        }
    }
    if !may_rename && object.id().name != id.name {
        object.rename(name);
    }
    match namespace {
        Some(namespace) => object.put("namespace", namespace),
        None => {
            if let Some(metadata) = tree::member(&mut object.node, "metadata") {
                tree::remove(metadata, "namespace");
            }
        }
    }
    Ok(())
}

/// A patch in a text of the kustomization.
pub(super) fn embedded(node: &Node) -> Result<Patch, Failure> {
    let Value::String(scalar) = &node.value else {
        return Err(Failure::at(node.origin, "a patch is a text"));
    };
    let Some(text) = scalar.text.known() else {
        return Err(Failure::at(
            node.origin,
            "a patch has a part that is not known",
        ));
    };
    let documents = yaml::parse_embedded(node.origin.source, text, &scalar.offsets);
    let documents = documents.map_err(|error| Failure::at(error.origin, error.message))?;
    of_documents(&documents, node.origin)
}

pub(super) fn of_documents(documents: &[Node], origin: Origin) -> Result<Patch, Failure> {
    match documents.first().map(|first| &first.value) {
        Some(Value::List(operations)) => Ok(Patch::Json(operations.clone())),
        Some(Value::Map(_)) => Ok(Patch::Merge(documents.iter().flat_map(parts).collect())),
        _ => Err(Failure::at(origin, "the patch is empty")),
    }
}

/// The patches of a document: itself, or the items of a list.
fn parts(document: &Node) -> Vec<Node> {
    match objects(document) {
        objects if objects.is_empty() => vec![document.clone()],
        objects => objects.into_iter().map(Cow::into_owned).collect(),
    }
}
