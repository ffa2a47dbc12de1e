//! Names and namespaces of Kubernetes objects.

use super::{
    attribute::{first, member},
    batch::Batch,
    spelling::Names,
};
use crate::{fields::spelt, resource::Resource};
use policy_engine::{source::Spanned, syntax::node::Node};

pub(super) const METADATA: Names = &["metadata"];
pub(super) const SPEC: Names = &["spec"];

/// The object's name; without one, where the object is written.
pub(super) fn name(resource: &Resource<'_>) -> Spanned<String> {
    let metadata = resource.stated(METADATA);
    let found = metadata
        .as_deref()
        .and_then(|metadata| member(first(metadata), &["name", "generateName"]).and_then(spelt));
    found.unwrap_or_else(|| Spanned::new(String::new(), resource.origin))
}

/// A member of the object's metadata.
pub(super) fn metadata(resource: &Resource<'_>, names: Names) -> Option<Node> {
    let metadata = resource.stated(METADATA)?;
    member(first(&metadata), names).cloned()
}

impl Batch<'_> {
    /// The object's namespace; `default` is noted once a file.
    pub(super) fn namespace(&mut self, resource: &Resource<'_>, name: &Spanned<String>) -> String {
        let written = metadata(resource, &["namespace"]);
        if let Some(namespace) = written.as_ref().and_then(spelt) {
            return namespace.value;
        }
        if let Some(namespace) = &self.setting.namespace {
            return namespace.clone();
        }
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
