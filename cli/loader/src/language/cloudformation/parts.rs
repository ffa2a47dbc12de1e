//! Values that functions make, and what is known of them.

use crate::value::{has_hole, hole_name, scalar};
use policy_engine::{
    source::OffsetMap,
    syntax::node::{Node, Value},
    text::{Hole, Text, TextBuilder},
};

/// The prefix of holes that may be absent: one branch of an unknown condition is `AWS::NoValue`.
pub(super) const PERHAPS: &str = "the value under the condition ";

/// Whether a value may be missing.
pub(super) fn is_perhaps(node: &Node) -> bool {
    hole_name(node).is_some_and(|name| name.starts_with(PERHAPS))
}

/// Whether two values are the same; nothing when that rests on a hole.
pub(super) fn same(own: &Node, other: &Node) -> Option<bool> {
    if has_hole(own) || has_hole(other) {
        let equal = own.as_text().is_some() && own.as_text() == other.as_text();
        return equal.then_some(true);
    }
    match (&own.value, &other.value) {
        (Value::List(own), Value::List(others)) => {
            let pairs = own.iter().zip(others);
            let mut equal = pairs.map(|(own, other)| same(own, other));
            Some(own.len() == others.len() && equal.all(|is_same| is_same == Some(true)))
        }
        (Value::Map(own), Value::Map(others)) => {
            let equal = own.iter().all(|(key, value)| {
                let partner = key.as_str().and_then(|key| other.get(key));
                partner.is_some_and(|partner| same(value, partner) == Some(true))
            });
            Some(own.len() == others.len() && equal)
        }
        _ => Some(own.scalar_text() == other.scalar_text() && own.is_null() == other.is_null()),
    }
}

pub(super) fn copy(
    made: &mut TextBuilder,
    offsets: &mut OffsetMap,
    literal: &str,
    range: std::ops::Range<usize>,
    place: impl Fn(usize) -> u32,
) {
    let start = range.start;
    let piece = literal.get(range).unwrap_or("");
    let inner = made.literal_len();
    for (at, _) in piece.char_indices() {
        offsets.push(inner + at, place(start + at));
    }
    made.push_str(piece);
}

/// A text whose dynamic references (`{{resolve:…}}`) are holes.
pub(super) fn resolved(node: &Node, written: &Text, places: &OffsetMap) -> Node {
    const START: &str = "{{resolve:";
    let literal = written.literal();
    if !literal.contains(START) {
        return node.clone();
    }
    let mut made = TextBuilder::default();
    let mut offsets = OffsetMap::default();
    let mut rest = 0;
    let take = |made: &mut TextBuilder, offsets: &mut OffsetMap, start: usize, end: usize| {
        let inner = made.literal_len();
        for (at, _) in literal.get(start..end).unwrap_or("").char_indices() {
            let outer = u32::try_from(start + at).unwrap_or(u32::MAX);
            offsets.push(inner + at, places.outer(outer));
        }
        made.push(&written.slice(start, end));
    };
    while let Some(offset) = literal.get(rest..).and_then(|text| text.find(START)) {
        let start = rest + offset;
        let Some(end) = literal.get(start..).and_then(|text| text.find("}}")) else {
            break;
        };
        take(&mut made, &mut offsets, rest, start);
        let end = start + end + 2;
        // What is not known of the reference is a part of its name.
        made.push_hole(Hole::any(written.slice(start + 2, end - 2).to_string()));
        rest = end;
    }
    take(&mut made, &mut offsets, rest, literal.len());
    scalar(made.finish(), offsets, node.origin)
}
