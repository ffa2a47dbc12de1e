//! Names and namespaces of Kubernetes objects.

use super::{
    attribute::{first, hole_of, member, shown_text},
    batch::Batch,
    spelling::Names,
};
use crate::{resource::Resource, unread};
use policy_engine::{
    source::Spanned,
    syntax::node::{Node, Value},
    text::{Hole, Text},
};

pub(super) const METADATA: Names = &["metadata"];
pub(super) const SPEC: Names = &["spec"];

/// The object's name; without one, where the object is written.
pub(super) fn name(resource: &Resource<'_>) -> Spanned<String> {
    let metadata = resource.stated(METADATA);
    let name = metadata.as_deref().and_then(|metadata| {
        member(first(metadata), &["name", "generateName"]).and_then(shown_text)
    });
    name.unwrap_or_else(|| Spanned::new(String::new(), resource.origin))
}

/// A member of the object's metadata.
pub(super) fn metadata(resource: &Resource<'_>, names: Names) -> Option<Node> {
    let metadata = resource.stated(METADATA)?;
    member(first(&metadata), names).cloned()
}

/// The first hole in a tree.
pub(super) fn hole_in(node: &Node) -> Option<Hole> {
    match &node.value {
        Value::List(items) => items.iter().find_map(hole_in),
        Value::Map(members) => members
            .iter()
            .find_map(|(key, value)| hole_in(key).or_else(|| hole_in(value))),
        Value::String(scalar) => {
            let first = scalar.text.holes().first().map(|(_, hole)| hole.clone());
            hole_of(node).or(first)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The first unknown part of a name that shows its unknown parts between angle brackets.
pub(super) fn hole_in_shown(name: &str) -> Option<Hole> {
    let text = Text::shown(name);
    text.holes().first().map(|(_, hole)| hole.clone())
}

impl Batch<'_> {
    /// Names an object of which a part that decides access is not known; nothing definite follows from the rest.
    pub(super) fn open_object(&mut self, resource: &Resource<'_>, hole: &Hole) {
        let file = self.loading.sources.name(resource.origin.source);
        let shown = format!("{file} ({})", resource.name.value);
        self.loading.unread_file(&shown, unread::open_object(hole));
    }

    /// The object's namespace, if the object or the setting of its file states it.
    pub(super) fn stated_namespace(&self, resource: &Resource<'_>) -> Option<String> {
        let written = metadata(resource, &["namespace"]);
        let written = written.as_ref().and_then(shown_text);
        written
            .map(|namespace| namespace.value)
            .or_else(|| self.setting.namespace.clone())
    }

    /// The object's namespace; `default` is noted once a file.
    pub(super) fn namespace(&mut self, resource: &Resource<'_>, name: &Spanned<String>) -> String {
        if let Some(namespace) = self.stated_namespace(resource) {
            return namespace;
        }
        self.loading.unstated_namespaces.insert(name.origin);
        if !self.is_namespace_noted {
            self.is_namespace_noted = true;
            self.loading.note(
                "no namespace is written; `default` is assumed",
                Some(name.origin),
            );
        }
        "default".to_owned()
    }
}
