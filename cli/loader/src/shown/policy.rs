//! Policies: every element is shown, in any place of the document.

use super::part::{self, Part, Parts};
use crate::value;
use percent_encoding::percent_decode_str;
use policy_engine::{
    syntax::{
        json,
        node::{Node, Value},
    },
    text::Text,
};

/// The elements of a policy.
pub(super) const DOCUMENT: Part = Part::Members(&[
    ("Version", Part::Text),
    ("Id", Part::Text),
    ("Statement", STATEMENT),
]);

pub(super) const STATEMENT: Part = Part::Members(&[
    ("Sid", Part::Text),
    ("Effect", Part::Text),
    ("Principal", Part::All),
    ("NotPrincipal", Part::All),
    ("Action", Part::Text),
    ("NotAction", Part::Text),
    ("Resource", Part::Text),
    ("NotResource", Part::Text),
    ("Condition", Part::All),
]);

/// Whether a map is a policy.
pub(super) fn is_document(node: &Node) -> bool {
    node.get("Statement")
        .is_some_and(|statement| matches!(statement.value, Value::List(_) | Value::Map(_)))
}

/// Whether a list or map has the elements of a statement.
pub(super) fn is_statement(node: &Node) -> bool {
    node.get("Effect").is_some() && (node.get("Action").or_else(|| node.get("NotAction"))).is_some()
}

pub(super) fn document(node: &Node, parts: &mut Parts) {
    part::walk(node, &DOCUMENT, parts);
}

/// A scalar that holds a policy as JSON; anything else is hidden.
pub(super) fn scalar(node: &Node, parts: &mut Parts) {
    let written = node.as_text().map_or("", Text::literal);
    if written.trim_start().starts_with('{') {
        if let Some(inner) = value::embedded(node).filter(is_document) {
            document(&inner, parts);
            return;
        }
    } else if written
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("%7b"))
        && is_encoded(written, node)
    {
        parts.show(node.origin.span);
        return;
    }
    parts.hide(node.origin.span);
}

/// Whether a text is a percent-encoded policy without anything else.
fn is_encoded(written: &str, node: &Node) -> bool {
    let Ok(decoded) = percent_decode_str(written).decode_utf8() else {
        return false;
    };
    let Ok(inner) = json::parse(node.origin.source, &decoded) else {
        return false;
    };
    let mut parts = Parts::default();
    document(&inner, &mut parts);
    is_document(&inner) && parts.hides_nothing()
}
