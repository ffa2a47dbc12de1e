//! Changes of trees: members of maps that are set, removed and visited.

use crate::value::text;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::Text,
};

/// The last member of that name.
pub(super) fn member<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let Value::Map(members) = &mut node.value else {
        return None;
    };
    let mut members = members.iter_mut().rev();
    let member = members.find(|(key, _)| key.as_str() == Some(name));
    member.map(|(_, value)| value)
}

/// Sets a member; a new one comes last.
pub(super) fn set(node: &mut Node, key: Node, value: Node) {
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Vec::new());
    }
    let Value::Map(members) = &mut node.value else {
        return;
    };
    let mut known = members.iter_mut().rev();
    match known.find(|(known, _)| known.as_str().is_some() && known.as_str() == key.as_str()) {
        Some(member) => *member = (key, value),
        None => members.push((key, value)),
    }
}

/// Removes all members of that name.
pub(super) fn remove(node: &mut Node, name: &str) {
    if let Value::Map(members) = &mut node.value {
        members.retain(|(key, _)| key.as_str() != Some(name));
    }
}

/// The members of a map, or of nothing.
pub(super) fn members(node: Option<&Node>) -> &[(Node, Node)] {
    node.and_then(Node::as_map).unwrap_or_default()
}

/// The elements of a list, or of nothing.
pub(super) fn items(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_list).unwrap_or_default()
}

/// A scalar member as it is spelt; holes are between angle brackets.
pub(super) fn spelt(node: &Node, path: &[&str]) -> Option<String> {
    let text = node.at(path)?.scalar_text()?;
    Some(text.to_string())
}

/// Whether a member is `true`.
pub(super) fn is_true(node: &Node, name: &str) -> bool {
    node.get(name)
        .is_some_and(|node| matches!(node.value, Value::Bool(true)))
}

pub(super) fn map(members: Vec<(Node, Node)>, origin: Origin) -> Node {
    let value = Value::Map(members);
    Node { value, origin }
}

/// A member whose key has no place of its own.
pub(super) fn named(name: &str, value: Node) -> (Node, Node) {
    (text(name, value.origin), value)
}

/// A text that a build makes, at the place of what it is made of.
pub(super) fn made(value: impl Into<Text>, origin: Origin) -> Node {
    text(value, origin)
}

/// Whether two trees are the same value; the order of members does not matter.
pub(super) fn same(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::Map(own), Value::Map(other)) => {
            let has_partner = |(key, value): &(Node, Node)| {
                let partner = key.as_str().and_then(|name| right.get(name));
                partner.is_some_and(|partner| same(value, partner))
            };
            own.len() == other.len() && own.iter().all(has_partner)
        }
        (Value::List(own), Value::List(other)) => {
            let mut pairs = own.iter().zip(other);
            own.len() == other.len() && pairs.all(|(left, right)| same(left, right))
        }
        (Value::Null, Value::Null) => true,
        (Value::Bool(own), Value::Bool(other)) => own == other,
        (Value::Number(own), Value::Number(other)) => own == other,
        (Value::String(own), Value::String(other)) => own.text == other.text,
        _ => false,
    }
}
