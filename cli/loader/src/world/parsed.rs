//! A world file of which the header was read.

use policy_engine::{
    source::{Origin, SourceId},
    syntax::node::Node,
};
use std::path::PathBuf;

/// A world file of which the header was read.
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) source: SourceId,
    /// The directory that its paths start from.
    pub(super) directory: PathBuf,
    pub(super) is_top: bool,
}

/// The place of a member's name, or of the whole.
pub(super) fn key_origin(node: &Node, name: &str) -> Origin {
    node.entry(name).map_or(node.origin, |(key, _)| key.origin)
}
