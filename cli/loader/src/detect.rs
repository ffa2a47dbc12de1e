//! The kind of a file, by its content and never by its name alone (docs/guide/inputs.md).

use crate::{door, kind::Kind, language};
use policy_engine::syntax::node::Node;
use std::path::Path;

/// The kind of a file by its documents.
pub(super) fn detect(documents: &[Node]) -> Option<Kind> {
    documents.iter().find_map(document)
}

fn document(node: &Node) -> Option<Kind> {
    let (first, _) = node.as_map()?.first()?;
    if first.as_str() == Some("ascp-policy") {
        return Some(Kind::WORLD);
    }
    language::recognise(node)
}

/// Whether the first key of a file is that of a world.
pub(super) fn is_world(path: &Path) -> bool {
    let Ok(start) = door::beginning(path, 64 * 1024) else {
        return false;
    };
    let start = String::from_utf8_lossy(&start);
    let mut lines = start.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| {
        !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---" && *line != "{"
    });
    let key = first.map(|line| line.trim_start_matches(['{', ' ', '"', '\'']));
    key.and_then(|key| key.strip_prefix("ascp-policy"))
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
}
