//! `Fn::ForEach`: copies of a fragment, one for each value of a collection.
//!
//! AWS CloudFormation Template Reference, "Fn::ForEach".

use super::evaluate::Evaluator;
use crate::value::{self, hole};
use policy_engine::{
    source::OffsetMap,
    syntax::node::{Node, Scalar, Value},
    text::{Hole, Text, TextBuilder},
};

/// The deepest nesting of loops.
const MAX_DEPTH: usize = 5;
/// How many values all loops of a template make.
const MAX_COPIES: usize = 10_000;

/// A value of a collection, which replaces the name of the loop.
struct Binding<'n> {
    name: &'n str,
    value: Node,
}

/// A template with its loops carried out; the copies for a collection that is unknown have a condition that is unknown.
pub(super) fn expanded(evaluator: &Evaluator<'_>, root: &Node) -> Node {
    let Value::Map(sections) = &root.value else {
        return root.clone();
    };
    let mut left = MAX_COPIES;
    let sections = sections.iter().map(|(key, section)| {
        let is_looped = matches!(key.as_str(), Some("Resources" | "Outputs" | "Conditions"));
        let section = if is_looped {
            members(evaluator, section, 0, &mut left)
        } else {
            section.clone()
        };
        (key.clone(), section)
    });
    Node {
        value: Value::Map(sections.collect()),
        origin: root.origin,
    }
}

/// Whether a template has a loop.
pub(super) fn is_looped(root: &Node) -> bool {
    let sections = root.as_map().into_iter().flatten();
    let mut keys = sections
        .flat_map(|(_, section)| section.as_map().into_iter().flatten())
        .map(|(key, _)| key);
    keys.any(|key| key.as_str().is_some_and(is_loop))
}

fn is_loop(key: &str) -> bool {
    key.starts_with("Fn::ForEach::")
}

fn members(evaluator: &Evaluator<'_>, section: &Node, depth: usize, left: &mut usize) -> Node {
    let Value::Map(all) = &section.value else {
        return section.clone();
    };
    let mut made = Vec::new();
    for (key, value) in all {
        match key.as_str().filter(|key| is_loop(key)) {
            Some(name) => match copies(evaluator, name, value, depth, left) {
                Some(copies) => made.extend(copies),
                // Named as a part of which the resources are unknown.
                None => made.push((key.clone(), value.clone())),
            },
            None => made.push((key.clone(), value.clone())),
        }
    }
    Node {
        value: Value::Map(made),
        origin: section.origin,
    }
}

/// The copies of one loop; nothing where it is not written as CloudFormation demands, or makes too many.
fn copies(
    evaluator: &Evaluator<'_>,
    name: &str,
    written: &Node,
    depth: usize,
    left: &mut usize,
) -> Option<Vec<(Node, Node)>> {
    let [variable, collection, fragment] = written.as_list()? else {
        return None;
    };
    let variable = variable.as_str().filter(|_| depth < MAX_DEPTH)?;
    fragment.as_map()?;
    let collection = evaluator.eval(collection);
    let values = collection.as_ref().and_then(known);
    let is_known = values.is_some();
    let unknown = || vec![hole(&format!("each value of {name}"), written.origin)];
    let mut made = Vec::new();
    for value in values.unwrap_or_else(unknown) {
        *left = left.checked_sub(1)?;
        let binding = Binding {
            name: variable,
            value,
        };
        let copy = members(evaluator, &bound(fragment, &binding), depth + 1, left);
        let Value::Map(copy) = copy.value else {
            continue;
        };
        made.extend(copy.into_iter().map(|(key, resource)| {
            let resource = if is_known {
                resource
            } else {
                conditional(resource, name)
            };
            (shown(key), resource)
        }));
    }
    Some(made)
}

/// The values of a collection, where all are known.
fn known(collection: &Node) -> Option<Vec<Node>> {
    let items = collection.as_list()?;
    let is_known = items.iter().all(|item| item.as_str().is_some());
    is_known.then(|| items.to_vec())
}

/// A resource under a condition that is unknown: how often it is made is not known.
fn conditional(resource: Node, name: &str) -> Node {
    let origin = resource.origin;
    let Value::Map(members) = resource.value else {
        return resource;
    };
    let text = |text: &str| value::text(text, origin);
    let others = members
        .into_iter()
        .filter(|(key, _)| key.as_str() != Some("Condition"));
    let condition = (text("Condition"), text(&format!("of {name}")));
    Node {
        value: Value::Map(others.chain([condition]).collect()),
        origin,
    }
}

/// A logical id with its unknown parts between angle brackets.
fn shown(key: Node) -> Node {
    match key.as_text().filter(|text| !text.is_known()) {
        Some(text) => value::text(text.to_string(), key.origin),
        None => key,
    }
}

/// A copy of a fragment: `${Name}`, `&{Name}` and `Ref: Name` are the value.
fn bound(node: &Node, binding: &Binding<'_>) -> Node {
    let value = match &node.value {
        Value::String(scalar) => Value::String(substituted(scalar, binding)),
        Value::List(items) => Value::List(items.iter().map(|item| bound(item, binding)).collect()),
        Value::Map(members) => {
            if let [(key, target)] = members.as_slice()
                && key.as_str() == Some("Ref")
                && target.as_str() == Some(binding.name)
            {
                return binding.value.clone();
            }
            let members = members.iter();
            let members = members.map(|(key, value)| (bound(key, binding), bound(value, binding)));
            Value::Map(members.collect())
        }
        other => other.clone(),
    };
    Node {
        value,
        origin: node.origin,
    }
}

fn substituted(scalar: &Scalar, binding: &Binding<'_>) -> Scalar {
    let plain = format!("${{{}}}", binding.name);
    let bare = format!("&{{{}}}", binding.name);
    let literal = scalar.text.literal();
    if !literal.contains(&plain) && !literal.contains(&bare) {
        return scalar.clone();
    }
    let Some(value) = binding.value.scalar_text() else {
        return scalar.clone();
    };
    let letters = value.known().map(|value| {
        let letters = value.chars().filter(char::is_ascii_alphanumeric);
        Text::from(letters.collect::<String>())
    });
    let mut made = TextBuilder::default();
    let mut offsets = OffsetMap::default();
    let mut rest = 0;
    while let Some((start, is_plain)) = next(literal, rest, &plain, &bare) {
        copy(scalar, rest, start, &mut made, &mut offsets);
        let part = if is_plain {
            Some(&value)
        } else {
            letters.as_ref()
        };
        let inner = made.literal_len();
        match part {
            Some(part) => {
                for (at, _) in part.literal().char_indices() {
                    offsets.push(inner + at, outer(scalar, start));
                }
                made.push(part);
            }
            None => made.push_hole(Hole::any(binding.name.to_owned())),
        }
        rest = start + plain.len();
    }
    copy(scalar, rest, literal.len(), &mut made, &mut offsets);
    Scalar {
        text: made.finish(),
        offsets,
    }
}

/// The offset of the next name, and whether all characters of the value replace it.
fn next(literal: &str, from: usize, plain: &str, bare: &str) -> Option<(usize, bool)> {
    let rest = literal.get(from..)?;
    let plain = rest.find(plain).map(|at| (from + at, true));
    let bare = rest.find(bare).map(|at| (from + at, false));
    match (plain, bare) {
        (Some(first), Some(second)) => Some(first.min(second)),
        (first, second) => first.or(second),
    }
}

fn copy(scalar: &Scalar, start: usize, end: usize, made: &mut TextBuilder, places: &mut OffsetMap) {
    let part = scalar.text.slice(start, end);
    let inner = made.literal_len();
    for (at, _) in part.literal().char_indices() {
        places.push(inner + at, outer(scalar, start + at));
    }
    made.push(&part);
}

fn outer(scalar: &Scalar, at: usize) -> u32 {
    scalar.offsets.outer(u32::try_from(at).unwrap_or(u32::MAX))
}
