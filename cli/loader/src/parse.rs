//! Texts as documents, whatever they are about.

use policy_engine::{
    source::{Origin, SourceId},
    syntax::{
        json,
        node::{Node, Value},
    },
};
use std::path::Path;

/// Text that is neither JSON nor YAML.
pub(crate) struct ParseFailure {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) origin: Origin,
}

/// The documents of a text: JSON or YAML, by the name of its file.
pub(crate) fn parse(source: SourceId, path: &Path, text: &str) -> Result<Vec<Node>, ParseFailure> {
    let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let is = |name: &str| {
        extension
            .as_ref()
            .is_some_and(|extension| extension == name)
    };
    let mut start = text.trim_start_matches('\u{feff}').trim_start().chars();
    let first = start.next();
    let is_json = if is("json") {
        // kubectl reads YAML under every name.
        !first.is_some_and(|first| first.is_ascii_alphabetic() || "#%-&!".contains(first))
    } else {
        !(is("yaml") || is("yml")) && matches!(first, Some('{' | '['))
    };
    if !is_json {
        return yaml::parse(source, text).map_err(|error| ParseFailure {
            message: error.message,
            help: error.help,
            origin: error.origin,
        });
    }
    // Each value but the first has a comma before it: the tree is bounded before it is built.
    if text.bytes().filter(|byte| *byte == b',').count() > yaml::MAX_NODES {
        let message = format!("more than {} values in one file", yaml::MAX_NODES);
        let origin = Origin {
            source,
            span: policy_engine::source::Span::new(0, 0),
        };
        return Err(ParseFailure {
            message,
            help: Some("split the file".to_owned()),
            origin,
        });
    }
    json::parse(source, text)
        .map(|node| vec![node])
        .map_err(|error| ParseFailure {
            message: format!("not valid JSON: {}", error.message),
            help: error.help,
            origin: error.origin,
        })
}

/// Whether a key is a map: `{{ … }}` without quotes is one, and nothing else that is read here.
pub(crate) fn has_braces(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(has_braces),
        Value::Map(members) => members
            .iter()
            .any(|(key, value)| matches!(key.value, Value::Map(_)) || has_braces(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
