//! Parts of a template.

use policy_engine::{source::Origin, syntax::node::Node};
use std::collections::HashSet;

/// The members of a section whose names are texts; of several with one name the last.
pub(super) fn members<'n>(
    root: &'n Node,
    section: &str,
) -> impl Iterator<Item = (&'n str, &'n Node)> {
    let all = root.get(section).and_then(Node::as_map).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut last: Vec<_> = all
        .iter()
        .rev()
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
        .filter(|(name, _)| seen.insert(*name))
        .collect();
    last.reverse();
    last.into_iter()
}

/// The first name that two members of a section have.
pub(super) fn repeated<'n>(root: &'n Node, section: &str) -> Option<&'n Node> {
    let all = root.get(section).and_then(Node::as_map).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut keys = all.iter().map(|(key, _)| key);
    keys.find(|key| key.as_str().is_some_and(|name| !seen.insert(name)))
}

/// Where the name of a resource is written: its property, or its place in the template.
pub(super) fn name_origin(resource: &Node, property: &str) -> Origin {
    let written = resource.at(&["Properties", property]);
    written.map_or(resource.origin, |node| node.origin)
}
