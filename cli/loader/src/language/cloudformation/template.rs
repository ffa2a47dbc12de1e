//! Parts of a template.

use policy_engine::{source::Origin, syntax::node::Node};

/// The members of a section whose names are texts.
pub(super) fn members<'n>(
    root: &'n Node,
    section: &str,
) -> impl Iterator<Item = (&'n str, &'n Node)> {
    let all = root.get(section).and_then(Node::as_map).unwrap_or_default();
    all.iter()
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
}

/// Where the name of a resource is written: its property, or its place in the template.
pub(super) fn name_origin(resource: &Node, property: &str) -> Origin {
    let written = resource.at(&["Properties", property]);
    written.map_or(resource.origin, |node| node.origin)
}
