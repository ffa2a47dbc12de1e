//! Values that are copied from one object to others: replacements and variables. What cannot be copied is a hole.

use super::{
    failure::Failure,
    field::Field,
    object::{Gvk, Id, Object},
    selector::Selector,
    tree,
};
use crate::value::{hole, text};
use policy_engine::{
    syntax::node::{Node, Value},
    text::{HoleKind, Text},
};

/// A part of a path to a field: `spec.containers.[name=web].env.0`
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    /// The elements that have a member of that value.
    With(String, String),
    All,
}

/// Carries one entry of `replacements` out.
pub(super) fn replace(objects: &mut [Object], entry: &Node) -> Result<(), Failure> {
    let value = value(objects, entry);
    for target in tree::items(entry.get("targets")) {
        let Some(select) = target.get("select") else {
            return Err(Failure::at(
                target.origin,
                "a target of `replacements` has no `select`",
            ));
        };
        let select = Selector::written(select)?;
        let rejected = tree::items(target.get("reject"))
            .iter()
            .map(Selector::written);
        let rejected = rejected.collect::<Result<Vec<_>, _>>()?;
        // A part of a value is not cut out here.
        let options = target.get("options");
        let is_part = options.is_some_and(|options| {
            options.get("delimiter").is_some() || options.get("encoding").is_some()
        });
        let creates = options.is_some_and(|options| tree::is_true(options, "create"));
        let new = if is_part {
            unknown(entry)
        } else {
            value.clone()
        };
        let mut paths: Vec<_> = tree::items(target.get("fieldPaths"))
            .iter()
            .filter_map(Node::as_str)
            .collect();
        if paths.is_empty() {
            paths.push("metadata.name");
        }
        for object in objects.iter_mut() {
            if !select.selects(object) || rejected.iter().any(|reject| reject.selects(object)) {
                continue;
            }
            object.remember();
            for path in &paths {
                put(&mut object.node, &steps(path), &new, creates);
            }
        }
    }
    Ok(())
}

/// The value that a replacement copies.
fn value(objects: &[Object], entry: &Node) -> Node {
    let Some(source) = entry
        .get("source")
        .filter(|source| source.get("options").is_none())
    else {
        return unknown(entry);
    };
    let path = tree::spelt(source, &["fieldPath"]);
    let path = path.unwrap_or_else(|| "metadata.name".to_owned());
    let value = only(objects, source, &Gvk::written(source));
    let value = value.and_then(|object| get(&object.node, &steps(&path)));
    value.cloned().unwrap_or_else(|| unknown(entry))
}

/// A value that is not known.
fn unknown(entry: &Node) -> Node {
    hole("value of a kustomize replacement", entry.origin)
}

/// The only object of a kind, name and namespace; a hash at its end is not known yet.
fn only<'o>(objects: &'o [Object], named: &Node, kind: &Gvk) -> Option<&'o Object> {
    let (name, namespace) = (
        tree::spelt(named, &["name"]),
        tree::spelt(named, &["namespace"]),
    );
    let is = |id: &Id| {
        kind.selects(&id.gvk)
            && name.as_ref().is_none_or(|name| *name == id.name)
            && namespace
                .as_ref()
                .is_none_or(|namespace| *namespace == id.namespace)
    };
    let mut matches = objects
        .iter()
        .filter(|object| is(&object.id()) || object.previous.iter().any(is));
    let first = matches.next()?;
    matches.next().is_none().then_some(first)
}

fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut part = String::new();
    let mut depth = 0_usize;
    let mut is_escaped = false;
    for character in path.chars() {
        match character {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            '.' if depth == 0 && !is_escaped => {
                steps.push(step(&std::mem::take(&mut part)));
                continue;
            }
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_escaped = false;
        part.push(character);
    }
    steps.push(step(&part));
    steps
}

fn step(part: &str) -> Step {
    let inner = part
        .strip_prefix('[')
        .and_then(|part| part.strip_suffix(']'));
    match inner {
        Some(inner) => match inner.split_once('=') {
            Some((key, value)) => Step::With(key.to_owned(), value.to_owned()),
            None => Step::Member(inner.to_owned()),
        },
        None if part == "*" => Step::All,
        None => Step::Member(part.to_owned()),
    }
}

fn fits(step: &Step, at: usize, item: &Node) -> bool {
    match step {
        Step::Member(name) => name.parse() == Ok(at),
        Step::With(key, value) => tree::spelt(item, &[key]).as_ref() == Some(value),
        Step::All => true,
    }
}

/// The value at a path.
fn get<'n>(node: &'n Node, path: &[Step]) -> Option<&'n Node> {
    let Some((step, rest)) = path.split_first() else {
        return Some(node);
    };
    match (&node.value, step) {
        (Value::Map(_), Step::Member(name)) => get(node.get(name)?, rest),
        (Value::List(items), _) => {
            let mut items = items.iter().enumerate();
            let (_, item) = items.find(|(at, item)| fits(step, *at, item))?;
            get(item, rest)
        }
        _ => None,
    }
}

fn put(node: &mut Node, path: &[Step], new: &Node, creates: bool) {
    let Some((step, rest)) = path.split_first() else {
        *node = new.clone();
        return;
    };
    if let Value::List(items) = &mut node.value {
        let items = items.iter_mut().enumerate();
        for (_, item) in items.filter(|(at, item)| fits(step, *at, item)) {
            put(item, rest, new, creates);
        }
        return;
    }
    let Step::Member(name) = step else { return };
    if creates && node.get(name).is_none() && matches!(node.value, Value::Map(_) | Value::Null) {
        let empty = tree::map(Vec::new(), new.origin);
        tree::set(node, text(name.as_str(), new.origin), empty);
    }
    if let Some(value) = tree::member(node, name) {
        put(value, rest, new, creates);
    }
}

/// A variable: the field of an object, in the places where `$(NAME)` is written.
pub(super) struct Variable {
    name: String,
    node: Node,
}

impl Variable {
    pub(super) fn written(node: &Node) -> Option<Self> {
        Some(Self {
            name: tree::spelt(node, &["name"])?,
            node: node.clone(),
        })
    }

    fn value(&self, objects: &[Object]) -> Text {
        let unknown = || Text::hole(format!("kustomize variable `{}`", self.name), HoleKind::Any);
        let Some(reference) = self.node.get("objref") else {
            return unknown();
        };
        let path = tree::spelt(&self.node, &["fieldref", "fieldpath"]);
        let path = path.unwrap_or_else(|| "metadata.name".to_owned());
        let value = only(objects, reference, &Gvk::of(reference));
        let value = value.and_then(|object| get(&object.node, &steps(&path)));
        value.and_then(Node::scalar_text).unwrap_or_else(unknown)
    }
}

/// Puts the values of variables in their places.
pub(super) fn fill(objects: &mut [Object], variables: &[Variable], fields: &[Field]) {
    if variables.is_empty() {
        return;
    }
    let values = variables
        .iter()
        .map(|variable| (format!("$({})", variable.name), variable.value(objects)));
    let values: Vec<_> = values.collect();
    for object in objects {
        let null = hole("", object.node.origin);
        for field in fields {
            field.visit(&mut object.node, &null, &mut |value| {
                fill_in(value, &values);
            });
        }
    }
}

fn fill_in(node: &mut Node, values: &[(String, Text)]) {
    if let Value::List(items) = &mut node.value {
        for item in items {
            fill_in(item, values);
        }
        return;
    }
    for (written, value) in values {
        let Some(before) = node.as_str().filter(|text| text.contains(written.as_str())) else {
            continue;
        };
        let mut made = Text::default();
        for (at, piece) in before.split(written.as_str()).enumerate() {
            if at > 0 {
                made = made.then(value);
            }
            made = made.then(&Text::from(piece));
        }
        *node = text(made, node.origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_members_and_elements() {
        let member = |name: &str| Step::Member(name.to_owned());
        assert_eq!(
            steps("spec.containers.[name=a.b].env.0"),
            [
                member("spec"),
                member("containers"),
                Step::With("name".to_owned(), "a.b".to_owned()),
                member("env"),
                member("0"),
            ]
        );
        assert_eq!(
            steps("metadata.annotations.x\\.io/y.*"),
            [
                member("metadata"),
                member("annotations"),
                member("x.io/y"),
                Step::All
            ]
        );
    }
}
