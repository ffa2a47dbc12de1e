//! The elements of lists, sets and maps, converted to one type.
//!
//! Terraform documentation, "Type Constraints", "Conversion of Complex Types".

use super::order::ordered;
use crate::value::text;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::Text,
};
use std::collections::{HashMap, HashSet};

/// The elements of a set in their order, each once; nothing for a value that is no list.
pub(super) fn set(node: &Node, origin: Origin) -> Option<Node> {
    let mut made = unique(node, origin)?;
    if let Value::List(items) = &mut made.value {
        *items = ordered(items, |item| item).0;
    }
    Some(made)
}

/// The elements of a list, each once.
pub(super) fn unique(node: &Node, origin: Origin) -> Option<Node> {
    let mut kept: Vec<Node> = Vec::new();
    let mut seen = HashSet::new();
    for item in node.as_list()? {
        let is_new = item.scalar_text().is_none_or(|text| seen.insert(text));
        if is_new {
            kept.push(item.clone());
        }
    }
    Some(Node {
        value: Value::List(kept),
        origin,
    })
}

/// A text, number or truth value as text.
pub(super) fn as_text(value: &Node) -> Option<Node> {
    match &value.value {
        Value::String(_) => Some(value.clone()),
        Value::Number(_) | Value::Bool(_) => Some(text(value.scalar_text()?, value.origin)),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A list or map whose elements have one type: if one is a text, each becomes a text.
pub(super) fn unified(mut value: Node) -> Node {
    let mut elements: Vec<&mut Node> = match &mut value.value {
        Value::List(items) => items.iter_mut().collect(),
        Value::Map(members) => members.iter_mut().map(|(_, value)| value).collect(),
        _ => return value,
    };
    if elements.iter().any(|element| element.as_text().is_some()) {
        for element in &mut elements {
            if let Some(text) = as_text(element) {
                **element = text;
            }
        }
    }
    value
}

/// The members of a map in the order of their keys' first places; of a key that is there twice the last value counts.
pub(super) fn last_of_each(pairs: impl IntoIterator<Item = (Node, Node)>) -> Vec<(Node, Node)> {
    let mut places: HashMap<Text, usize> = HashMap::new();
    let mut members: Vec<(Node, Node)> = Vec::new();
    for (key, value) in pairs {
        let place = key.scalar_text().map(|name| {
            let place = places.entry(name);
            *place.or_insert(members.len())
        });
        match place.and_then(|place| members.get_mut(place)) {
            Some((_, before)) => *before = value,
            None => members.push((key, value)),
        }
    }
    members
}
