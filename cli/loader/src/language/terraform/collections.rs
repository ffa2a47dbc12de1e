//! Functions of lists, sets and numbers.
//!
//! Terraform documentation, "Collection Functions" and "Numeric Functions".

use super::truth::{number, written};
use crate::value::{has_hole, hole_name, text, truth};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

/// The most elements that `range` and `setproduct` make.
const MAX_ELEMENTS: usize = 10_000;

/// What a function makes of its arguments; nothing when that is unknown or they do not fit.
pub(super) fn call(name: &str, arguments: &[Node], origin: Origin) -> Option<Node> {
    let value = match (name, arguments) {
        ("slice", [list, start, end]) => {
            let (start, end) = (whole(start)?, whole(end)?);
            Value::List(known_list(list)?.get(start..end)?.to_vec())
        }
        ("index", [list, wanted]) => {
            let wanted = wanted.scalar_text()?;
            let items = known_list(list)?;
            if has_hole(list) || !wanted.is_known() {
                return None;
            }
            let at = items
                .iter()
                .position(|item| item.scalar_text().as_ref() == Some(&wanted))?;
            Value::Number(at.to_string())
        }
        ("range", [end]) => range(0.0, number(end)?, 1.0, origin)?,
        ("range", [start, end]) => {
            let (start, end) = (number(start)?, number(end)?);
            range(start, end, if end < start { -1.0 } else { 1.0 }, origin)?
        }
        ("range", [start, end, step]) => {
            range(number(start)?, number(end)?, number(step)?, origin)?
        }
        ("setintersection", [first, rest @ ..]) => {
            let kept = known_items(first)?;
            let rest: Option<Vec<_>> = rest.iter().map(known_items).collect();
            let rest = rest?;
            let in_all = |item: &&Node| {
                let text = item.scalar_text();
                let mut lists = rest.iter();
                lists.all(|list| list.iter().any(|other| other.scalar_text() == text))
            };
            Value::List(kept.iter().filter(in_all).cloned().collect())
        }
        ("setsubtract", [first, second]) => {
            let (kept, gone) = (known_items(first)?, known_items(second)?);
            let stays = |item: &&Node| {
                let text = item.scalar_text();
                gone.iter().all(|other| other.scalar_text() != text)
            };
            Value::List(kept.iter().filter(stays).cloned().collect())
        }
        ("setproduct", lists) => product(lists, origin)?,
        ("chunklist", [list, size]) => {
            let size = whole(size).filter(|size| *size > 0)?;
            let chunks = known_list(list)?.chunks(size);
            let chunks = chunks.map(|chunk| Node {
                value: Value::List(chunk.to_vec()),
                origin,
            });
            Value::List(chunks.collect())
        }
        ("coalescelist", lists) => {
            let lists: Option<Vec<_>> = lists.iter().map(known_list).collect();
            let first = lists?.into_iter().find(|list| !list.is_empty())?;
            Value::List(first.to_vec())
        }
        ("matchkeys", [values, keys, wanted]) => {
            let (values, keys) = (known_list(values)?, known_items(keys)?);
            let wanted = known_items(wanted)?;
            let is_wanted = |key: &Node| {
                let text = key.scalar_text();
                wanted.iter().any(|other| other.scalar_text() == text)
            };
            let pairs = values.iter().zip(keys);
            let kept = pairs.filter(|(_, key)| is_wanted(key));
            Value::List(kept.map(|(value, _)| value.clone()).collect())
        }
        ("alltrue", [list]) => all(known_list(list)?, false)?,
        ("anytrue", [list]) => all(known_list(list)?, true)?,
        ("sum", [list]) => {
            let numbers: Option<Vec<f64>> = known_list(list)?.iter().map(number).collect();
            written(numbers?.iter().sum())?
        }
        ("max", numbers) => written(fold(numbers, f64::max)?)?,
        ("min", numbers) => written(fold(numbers, f64::min)?)?,
        ("abs", [value]) => written(number(value)?.abs())?,
        ("ceil", [value]) => written(number(value)?.ceil())?,
        ("floor", [value]) => written(number(value)?.floor())?,
        ("tobool", [value]) => Value::Bool(truth(value)?),
        _ => return None,
    };
    Some(Node { value, origin })
}

fn known_list(node: &Node) -> Option<&[Node]> {
    node.as_list()
        .filter(|items| items.iter().all(|item| hole_name(item).is_none()))
}

/// The elements of a list that are texts without holes.
fn known_items(node: &Node) -> Option<&[Node]> {
    let is_known = |item: &Node| item.scalar_text().is_some_and(|text| text.is_known());
    node.as_list().filter(|items| items.iter().all(is_known))
}

fn whole(node: &Node) -> Option<usize> {
    node.scalar_text()?.known()?.parse().ok()
}

fn fold(numbers: &[Node], join: fn(f64, f64) -> f64) -> Option<f64> {
    let numbers: Option<Vec<f64>> = numbers.iter().map(number).collect();
    numbers?.into_iter().reduce(join)
}

fn range(start: f64, end: f64, step: f64, origin: Origin) -> Option<Value> {
    let is_towards = if start <= end { step > 0.0 } else { step < 0.0 };
    if !is_towards {
        return None;
    }
    let mut items = Vec::new();
    let mut next = start;
    while if step > 0.0 { next < end } else { next > end } {
        if items.len() >= MAX_ELEMENTS {
            return None;
        }
        let value = written(next)?;
        items.push(Node { value, origin });
        next += step;
    }
    Some(Value::List(items))
}

/// Every combination of one element of each list, the last list the fastest.
fn product(lists: &[Node], origin: Origin) -> Option<Value> {
    let lists: Option<Vec<_>> = lists.iter().map(known_list).collect();
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for list in lists? {
        if rows.len().saturating_mul(list.len()) > MAX_ELEMENTS {
            return None;
        }
        let longer = rows.iter().flat_map(|row| {
            list.iter().map(|item| {
                let mut row = row.clone();
                row.push(item.clone());
                row
            })
        });
        rows = longer.collect();
    }
    let rows = rows.into_iter().map(|row| Node {
        value: Value::List(row),
        origin,
    });
    Some(Value::List(rows.collect()))
}

/// Whether all are true, or whether any is.
fn all(items: &[Node], any: bool) -> Option<Value> {
    let truths: Vec<_> = items.iter().map(truth).collect();
    if truths.contains(&Some(any)) {
        return Some(Value::Bool(any));
    }
    let is_known = truths.iter().all(Option::is_some);
    is_known.then_some(Value::Bool(!any))
}

/// The texts of a list.
pub(super) fn list_of(texts: impl Iterator<Item = String>, origin: Origin) -> Node {
    Node {
        value: Value::List(texts.map(|item| text(item, origin)).collect()),
        origin,
    }
}
