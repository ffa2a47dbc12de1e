//! Which element of the source is which element of a plan: a plan states a set in the order of the provider.
//!
//! Terraform documentation, "Types and Values": the elements of a set have no order.

use crate::value::{has_hole, hole_name};
use policy_engine::{
    syntax::node::{Node, Value},
    text::{Part, Text},
};
use std::collections::HashMap;

/// The most elements that are compared with each other.
const MAX_COMPARED: usize = 100;

/// For each element of a plan its partner in the source; nothing where several could be it.
///
/// An element that the plan does not know is `None`.
pub(super) fn pairs(own: &[Option<&Node>], written: &[Node]) -> Vec<Option<usize>> {
    let mut written_once = known_once(written);
    if own.len() == written.len() {
        written_once = (0..written.len()).collect();
    }
    let mut partners = vec![None; own.len()];
    let mut left = equal(own, written, &written_once, &mut partners);
    let mut open: Vec<usize> = Vec::new();
    for (at, partner) in partners.iter().enumerate() {
        if partner.is_none() {
            open.push(at);
        }
    }
    // If the source makes more or fewer elements, what is left may be anything.
    if open.len() != left.len() || open.len() > MAX_COMPARED {
        return partners;
    }
    let mut slots: Vec<Slot<'_>> = Vec::new();
    for at in open {
        let known = own.get(at).copied().flatten();
        slots.push(Slot {
            at,
            known,
            candidates: left.clone(),
        });
    }
    for slot in &mut slots {
        let known = slot.known;
        slot.candidates
            .retain(|other| written.get(*other).is_some_and(|other| fits(known, other)));
    }
    left.clear();
    while let Some((group, rest)) = tight(&slots) {
        let candidates = group.first().map(|slot| slot.candidates.clone());
        let candidates = candidates.unwrap_or_else(|| left.clone());
        if group.windows(2).all(are_alike) {
            for (slot, other) in group.iter().zip(&candidates) {
                if let Some(partner) = partners.get_mut(slot.at) {
                    *partner = Some(*other);
                }
            }
        }
        slots = rest;
        for slot in &mut slots {
            slot.candidates.retain(|other| !candidates.contains(other));
        }
    }
    partners
}

/// An element of a plan that has no partner yet.
#[derive(Clone)]
struct Slot<'n> {
    at: usize,
    known: Option<&'n Node>,
    /// The elements of the source that may be it.
    candidates: Vec<usize>,
}

/// Elements that share as many candidates as they are, and the others.
fn tight<'n>(slots: &[Slot<'n>]) -> Option<(Vec<Slot<'n>>, Vec<Slot<'n>>)> {
    slots.iter().find_map(|first| {
        let shares = |slot: &&Slot<'n>| slot.candidates == first.candidates;
        let count = slots.iter().filter(shares).count();
        (count == first.candidates.len()).then(|| {
            slots
                .iter()
                .cloned()
                .partition(|slot| slot.candidates == first.candidates)
        })
    })
}

fn are_alike(pair: &[Slot<'_>]) -> bool {
    match pair {
        [left, right] => match (left.known, right.known) {
            (Some(left), Some(right)) => same(left, right),
            (None, None) => true,
            _ => false,
        },
        _ => true,
    }
}

/// The elements of the source without those that repeat a known text: a set has each once.
fn known_once(written: &[Node]) -> Vec<usize> {
    let mut seen = std::collections::HashSet::new();
    let mut kept = Vec::new();
    for (at, node) in written.iter().enumerate() {
        let text = node.scalar_text().filter(Text::is_known);
        if text.is_none_or(|text| seen.insert(text)) {
            kept.push(at);
        }
    }
    kept
}

/// Pairs equal texts, and returns what is left of the source.
fn equal(
    own: &[Option<&Node>],
    written: &[Node],
    places: &[usize],
    partners: &mut [Option<usize>],
) -> Vec<usize> {
    let mut by_text: HashMap<Text, Vec<usize>> = HashMap::new();
    let mut left: Vec<usize> = Vec::new();
    for at in places {
        let text = written.get(*at).and_then(Node::scalar_text);
        match text.filter(Text::is_known) {
            Some(text) => by_text.entry(text).or_default().push(*at),
            None => left.push(*at),
        }
    }
    for (known, partner) in own.iter().zip(partners) {
        let text = known.and_then(Node::scalar_text);
        let same = text.and_then(|text| by_text.get_mut(&text));
        // The first of two equal texts is the first.
        *partner = same
            .filter(|places| !places.is_empty())
            .map(|places| places.remove(0));
    }
    left.extend(by_text.into_values().flatten());
    left.sort_unstable();
    left
}

/// Whether an element of the source may be one of a plan. What is not known on either side may be anything.
pub(super) fn fits(known: Option<&Node>, written: &Node) -> bool {
    let Some(known) = known else { return true };
    if known.is_null() || written.is_null() || hole_name(written).is_some() {
        return true;
    }
    match (&known.value, &written.value) {
        (Value::List(own), Value::List(other)) => {
            let is_there = |node: &Node| other.iter().any(|other| fits(Some(node), other));
            let is_stated = |node: &Node| own.iter().any(|own| fits(Some(own), node));
            own.len() <= other.len()
                && own.iter().all(is_there)
                && other.iter().all(|node| has_hole(node) || is_stated(node))
        }
        (Value::Map(members), Value::Map(_)) => members.iter().all(|(key, value)| {
            let other = key.as_str().and_then(|key| written.get(key));
            other.is_none_or(|other| fits(Some(value), other))
        }),
        _ => match (known.scalar_text(), written.scalar_text()) {
            (Some(known), Some(written)) => {
                known.known().is_none_or(|known| may_be(&written, known))
            }
            _ => true,
        },
    }
}

/// Whether a text with holes can become a known one.
fn may_be(text: &Text, known: &str) -> bool {
    // `&{…}` is another spelling of a policy variable.
    let plain = |text: &str| text.replace("&{", "${");
    let known = plain(known);
    let mut rest = known.as_str();
    let mut after_hole = false;
    let mut parts = text.parts().peekable();
    while let Some(part) = parts.next() {
        let Part::Literal(literal) = part else {
            after_hole = true;
            continue;
        };
        let literal = plain(literal);
        let literal = literal.as_str();
        if after_hole && parts.peek().is_none() {
            return rest.ends_with(literal);
        }
        let at = if after_hole {
            rest.find(literal)
        } else {
            rest.starts_with(literal).then_some(0)
        };
        let Some(next) = at.and_then(|at| rest.get(at + literal.len()..)) else {
            return false;
        };
        rest = next;
        after_hole = false;
    }
    after_hole || rest.is_empty()
}

/// Whether two values are equal, wherever they are written.
fn same(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Map(members), Value::Map(others)) => {
            members.len() == others.len()
                && members.iter().all(|(key, value)| {
                    let other = key.as_str().and_then(|key| right.get(key));
                    other.is_some_and(|other| same(value, other))
                })
        }
        (Value::Null, Value::Null) => true,
        _ => match (left.scalar_text(), right.scalar_text()) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::hole;
    use policy_engine::{
        source::{Origin, SourceId},
        syntax::json,
    };

    /// Pairs the elements of two lists; `null` in the first is unknown, `?` in the second is a hole.
    fn paired(own: &str, written: &str) -> Vec<Option<usize>> {
        let own = json::parse(SourceId(0), own).unwrap();
        let written = with_holes(&json::parse(SourceId(0), written).unwrap());
        let own = own.as_list().unwrap().iter();
        let own: Vec<_> = own
            .map(|node| Some(node).filter(|node| !node.is_null()))
            .collect();
        pairs(&own, written.as_list().unwrap())
    }

    fn with_holes(node: &Node) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(items.iter().map(with_holes).collect()),
            Value::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (key.clone(), with_holes(value)));
                Value::Map(members.collect())
            }
            Value::String(scalar) => match scalar.text.literal().split_once('?') {
                Some((before, after)) => {
                    let hole = hole("?", Origin::NOWHERE).scalar_text().unwrap();
                    let text = Text::from(before.to_owned()).then(&hole);
                    return crate::value::text(
                        text.then(&Text::from(after.to_owned())),
                        node.origin,
                    );
                }
                None => node.value.clone(),
            },
            other => other.clone(),
        };
        Node {
            value,
            origin: node.origin,
        }
    }

    #[test]
    fn elements_have_the_partner_that_they_can_be() {
        let cases: [(&str, &str, &[Option<usize>]); 11] = [
            // The known element is removed, the unknown one gets what is left.
            (r#"["b", null]"#, r#"["?", "b"]"#, &[Some(1), Some(0)]),
            (
                r#"["db-1", null]"#,
                r#"["cache-?", "db-?"]"#,
                &[Some(1), Some(0)],
            ),
            ("[null, null]", r#"["x-?", "y-?"]"#, &[Some(0), Some(1)]),
            // Either hole can be the known element.
            (r#"["b", null]"#, r#"["?", "?"]"#, &[None, None]),
            // The source makes more than the plan states.
            (r#"["a", null]"#, r#"["a", "b", "c"]"#, &[Some(0), None]),
            // A set has an element once.
            (r#"["a", null]"#, r#"["a", "b", "a"]"#, &[Some(0), Some(1)]),
            // An expression that was evaluated to something else pairs with nothing.
            (r#"["a", null]"#, r#"["b", "c"]"#, &[None, None]),
            // Blocks pair by their known members.
            (
                r#"[{"test": "A", "values": [null]}, {"test": "S", "values": ["1"]}]"#,
                r#"[{"test": "S", "values": ["1"]}, {"test": "A", "values": ["?"]}]"#,
                &[Some(1), Some(0)],
            ),
            (
                r#"[{"test": "A", "values": [null]}, {"test": "A", "values": ["1"]}]"#,
                r#"[{"test": "A", "values": ["1"]}, {"test": "A", "values": ["x?"]}]"#,
                &[Some(1), Some(0)],
            ),
            (
                r#"[{"test": "A", "values": [null]}, {"test": "A", "values": [null]}]"#,
                r#"[{"test": "A", "values": ["x?"]}, {"test": "A", "values": ["y?"]}]"#,
                &[Some(0), Some(1)],
            ),
            (
                r#"[{"test": "A", "values": [null]}, {"test": "A", "values": ["1"]}]"#,
                r#"[{"test": "A", "values": ["?"]}, {"test": "?", "values": ["1"]}]"#,
                &[None, None],
            ),
        ];
        for (own, written, expected) in cases {
            assert_eq!(paired(own, written), expected, "{own} {written}");
        }
    }
}
