//! Tags as AWS will see them, the provider's default ones included.

use super::{plan::Resource, resolve::Resolver};
use crate::value::{hole, hole_name};
use policy_engine::syntax::node::{Node, Value};

impl Resolver<'_> {
    /// The union of a resource's tags and the provider's; a key that is a hole represents unknown tags.
    pub(super) fn tags(&self, resource: &Resource<'_>) -> Option<Node> {
        let own = self.field(resource, "tags");
        let all = self.field(resource, "tags_all");
        let origin = own
            .as_ref()
            .map_or_else(|| self.place(resource), |node| node.origin);
        let written = members(own.as_ref());
        // When one tag is not known, none of the sum is: the provider's part is in its configuration.
        let defaults = match &all {
            Some(_) => None,
            None => self.default_tags(resource),
        };
        let sum = members(all.as_ref().or(defaults.as_ref()));
        if own.is_none() && sum.is_empty() {
            return all.or(defaults);
        }
        let mut tags: Vec<(Node, Node)> = Vec::new();
        for (key, value) in sum.iter().chain(written) {
            // The user wrote it in `tags`, so its place is there.
            let entry = written
                .iter()
                .find(|(other, _)| other.scalar_text() == key.scalar_text());
            let (key, value) = match entry {
                Some((key, own)) if value.scalar_text() == own.scalar_text() => (key, own),
                _ => (key, value),
            };
            match tags
                .iter_mut()
                .find(|(other, _)| other.scalar_text() == key.scalar_text())
            {
                Some((_, known)) => *known = value.clone(),
                None => tags.push((key.clone(), value.clone())),
            }
        }
        for node in [&own, &all, &defaults].into_iter().flatten() {
            if let Some(name) = hole_name(node) {
                tags.push((hole(name, node.origin), hole(name, node.origin)));
            }
        }
        let value = Value::Map(tags);
        Some(Node { value, origin })
    }
}

fn members(node: Option<&Node>) -> &[(Node, Node)] {
    match node.map(|node| &node.value) {
        Some(Value::Map(members)) => members,
        _ => &[],
    }
}
