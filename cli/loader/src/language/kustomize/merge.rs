//! Strategic merge: a patch in the shape of an object.
//!
//! kubernetes-sigs/kustomize, `kyaml/yaml/merge2` and `kyaml/yaml/walk`: what the patch states counts, null removes, lists of objects
//! with a merge key are merged element by element, with the elements of the patch first.

use super::{failure::Failure, schema::Schema, tree};
use policy_engine::syntax::node::{Node, Value};

/// What a patch does with the value that it is for.
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// The value after a patch; nothing where the patch removes it.
pub(super) fn merge(
    old: Option<Node>,
    patch: &Node,
    schema: Schema,
) -> Result<Option<Node>, Failure> {
    let old = old.filter(|old| !old.is_null());
    match (&patch.value, old) {
        (Value::Null, _) => Ok(None),
        (Value::Map(_), None) => added(patch, schema),
        (Value::Map(_), Some(old)) if matches!(old.value, Value::Map(_)) => {
            members(old, patch, schema)
        }
        (Value::List(items), None) => list(Vec::new(), items, patch, schema),
        (
            Value::List(items),
            Some(Node {
                value: Value::List(old),
                ..
            }),
        ) => list(old, items, patch, schema),
        (Value::Bool(_) | Value::Number(_) | Value::String(_), None) => Ok(Some(patch.clone())),
        (Value::Bool(_) | Value::Number(_) | Value::String(_), Some(old))
            if !matches!(old.value, Value::Map(_) | Value::List(_)) =>
        {
            Ok(Some(patch.clone()))
        }
        (_, Some(old)) => {
            let message = format!(
                "the patch has {} where the object has {}",
                patch.kind(),
                old.kind()
            );
            Err(Failure::at(patch.origin, message))
        }
    }
}

/// A map that only the patch has: without its directives and without what is null.
fn added(patch: &Node, schema: Schema) -> Result<Option<Node>, Failure> {
    if matches!(directive(patch)?, Directive::Delete) {
        return Ok(None);
    }
    members(tree::map(Vec::new(), patch.origin), patch, schema)
}

fn members(mut old: Node, patch: &Node, schema: Schema) -> Result<Option<Node>, Failure> {
    match directive(patch)? {
        Directive::Delete => return Ok(None),
        Directive::Replace => old = tree::map(Vec::new(), patch.origin),
        Directive::Merge => {}
    }
    for (key, value) in tree::members(Some(patch)) {
        let Some(name) = key.as_str() else {
            return Err(Failure::at(
                key.origin,
                "the patch has a key that is no text",
            ));
        };
        if name == DIRECTIVE {
            continue;
        }
        let before = tree::member(&mut old, name).map(|node| std::mem::replace(node, empty(node)));
        match merge(before, value, schema.field(name))? {
            Some(value) => tree::set(&mut old, key.clone(), value),
            None => tree::remove(&mut old, name),
        }
    }
    Ok(Some(old))
}

/// What is left in the place of a value that is taken out.
fn empty(node: &Node) -> Node {
    let origin = node.origin;
    Node {
        value: Value::Null,
        origin,
    }
}

const DIRECTIVE: &str = "$patch";

fn directive(patch: &Node) -> Result<Directive, Failure> {
    let Some(written) = patch.get(DIRECTIVE) else {
        return Ok(Directive::Merge);
    };
    match written.as_str() {
        Some("merge") => Ok(Directive::Merge),
        Some("replace") => Ok(Directive::Replace),
        Some("delete") => Ok(Directive::Delete),
        _ => Err(Failure::at(
            written.origin,
            "`$patch` is `merge`, `replace` or `delete`",
        )),
    }
}

/// The directive of a list: an element that holds nothing else.
fn directive_of_list(patch: &[Node]) -> Result<Directive, Failure> {
    match patch.iter().find(|item| is_directive(item)) {
        Some(item) => directive(item),
        None => Ok(Directive::Merge),
    }
}

fn is_directive(item: &Node) -> bool {
    item.get(DIRECTIVE).is_some() && item.as_map().is_some_and(|members| members.len() == 1)
}

fn list(
    old: Vec<Node>,
    items: &[Node],
    patch: &Node,
    schema: Schema,
) -> Result<Option<Node>, Failure> {
    let keys = schema.keys();
    let origin = patch.origin;
    let whole = |items| {
        let value = Value::List(items);
        Some(Node { value, origin })
    };
    if keys.is_empty() {
        return Ok(whole(items.to_vec()));
    }
    let old = match directive_of_list(items)? {
        Directive::Delete => return Ok(None),
        Directive::Replace => Vec::new(),
        Directive::Merge => old,
    };
    let items: Vec<_> = items.iter().filter(|item| !is_directive(item)).collect();
    if keys == [""] {
        let mut all: Vec<Node> = Vec::new();
        for item in items.into_iter().chain(&old) {
            if !all.iter().any(|known| tree::same(known, item)) {
                all.push(item.clone());
            }
        }
        return Ok(whole(all));
    }
    Elements::new(keys, old, &items).merge(schema).map(whole)
}

/// The elements of an object's list and of a patch's, by the values of their merge keys.
struct Elements<'p> {
    keys: Vec<&'static str>,
    old: Vec<Node>,
    patch: Vec<&'p Node>,
}

impl<'p> Elements<'p> {
    fn new(keys: &[&'static str], old: Vec<Node>, patch: &[&'p Node]) -> Self {
        // Of several keys only those count that some element has.
        let has = |key: &&&str| {
            let mut all = patch.iter().copied().chain(&old);
            all.any(|item| item.get(key).is_some())
        };
        let used: Vec<_> = keys.iter().filter(has).copied().collect();
        Self {
            keys: if used.is_empty() { keys.to_vec() } else { used },
            old,
            patch: patch.to_vec(),
        }
    }

    fn values(&self, item: &Node) -> Vec<String> {
        let value = |key: &&str| tree::spelt(item, &[key]).unwrap_or_default();
        self.keys.iter().map(value).collect()
    }

    /// The identities of all elements, those of the patch first; one that lacks a key is the other that has it.
    fn identities(&self) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = Vec::new();
        for item in self.patch.iter().copied().chain(&self.old) {
            let values = self.values(item);
            match all.iter_mut().find(|known| is_same(known, &values)) {
                Some(known) => fill(known, &values),
                None => all.push(values),
            }
        }
        all
    }

    fn merge(mut self, schema: Schema) -> Result<Vec<Node>, Failure> {
        let element = schema.element();
        let unkeyed = |item: &&Node| self.values(item).iter().all(String::is_empty);
        let mut new: Vec<Node> = self
            .patch
            .iter()
            .copied()
            .filter(unkeyed)
            .cloned()
            .collect();
        let mut kept = Vec::new();
        for identity in self.identities() {
            let patches: Vec<_> = self
                .patch
                .iter()
                .filter(|item| is_same(&identity, &self.values(item)))
                .copied()
                .collect();
            let place = self
                .old
                .iter()
                .position(|item| is_same(&identity, &self.values(item)));
            let mut value = place.map(|at| self.old.remove(at));
            let was_there = value.is_some();
            for patch in patches {
                value = merge(value, patch, element)?;
            }
            let Some(value) =
                value.filter(|value| value.as_map().is_none_or(|map| !map.is_empty()))
            else {
                continue;
            };
            // With several keys the old members follow the new ones.
            if self.keys.len() > 1 && was_there {
                kept.push((place, value));
            } else {
                new.push(value);
            }
        }
        kept.sort_by_key(|(place, _)| *place);
        new.extend(kept.into_iter().map(|(_, value)| value));
        new.append(&mut self.old);
        Ok(new)
    }
}

/// Whether two lists of values name one element: what both have is equal, and they share something.
fn is_same(left: &[String], right: &[String]) -> bool {
    let pairs = || left.iter().zip(right);
    pairs().all(|(left, right)| left == right || left.is_empty() || right.is_empty())
        && pairs().any(|(left, right)| left == right && !left.is_empty())
}

fn fill(values: &mut [String], others: &[String]) {
    for (value, other) in values.iter_mut().zip(others) {
        if value.is_empty() {
            value.clone_from(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::SourceId;

    fn patched(object: &str, patch: &str) -> Result<Option<String>, String> {
        let parse = |text: &str| yaml::parse(SourceId(0), text).unwrap().remove(0);
        let object = parse(object);
        let schema = Schema::of(&object);
        let merged = merge(Some(object), &parse(patch), schema);
        merged
            .map(|node| node.map(|node| shown(&node)))
            .map_err(|failure| failure.message)
    }

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Null => "null".to_owned(),
            Value::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| format!("{}: {}", shown(key), shown(value)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Value::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(shown).collect::<Vec<_>>().join(", ")
                )
            }
            _ => node.scalar_text().unwrap().to_string(),
        }
    }

    const POD: &str = "{ apiVersion: v1, kind: Pod, spec: { containers: [{ name: a, image: i, args: [x, y] }, { name: b }] } }";

    #[test]
    fn elements_merge_by_their_key_and_other_lists_are_replaced() {
        let spec = |spec: &str| {
            patched(POD, &format!("{{ spec: {spec} }}"))
                .unwrap()
                .unwrap()
        };
        assert_eq!(
            spec("{ containers: [{ name: b, args: [z] }, { name: a, args: [w] }] }"),
            "{apiVersion: v1, kind: Pod, spec: {containers: [{name: b, args: [z]}, {name: a, image: i, args: [w]}]}}"
        );
        assert_eq!(
            spec("{ containers: [{ name: a, $patch: delete }] }"),
            "{apiVersion: v1, kind: Pod, spec: {containers: [{name: b}]}}"
        );
        assert_eq!(
            spec("{ containers: [{ $patch: replace }, { name: c }] }"),
            "{apiVersion: v1, kind: Pod, spec: {containers: [{name: c}]}}"
        );
    }

    #[test]
    fn null_removes_and_a_directive_replaces() {
        let of = |patch: &str| {
            patched(
                "{ apiVersion: v1, kind: ConfigMap, data: { a: 1, b: 2 } }",
                patch,
            )
        };
        assert_eq!(
            of("{ data: { a: null } }").unwrap().unwrap(),
            "{apiVersion: v1, kind: ConfigMap, data: {b: 2}}"
        );
        assert_eq!(
            of("{ data: { $patch: replace, c: 3 } }").unwrap().unwrap(),
            "{apiVersion: v1, kind: ConfigMap, data: {c: 3}}"
        );
        assert_eq!(of("{ $patch: delete }").unwrap(), None);
        assert_eq!(
            of("{ data: x }").unwrap_err(),
            "the patch has a string where the object has a map"
        );
        assert_eq!(
            of("{ $patch: drop }").unwrap_err(),
            "`$patch` is `merge`, `replace` or `delete`"
        );
    }

    #[test]
    fn lists_of_kinds_that_are_not_known_are_replaced() {
        let object = "{ apiVersion: x.io/v1, kind: Rollout, spec: { containers: [{ name: a }, { name: b }] } }";
        assert_eq!(
            patched(object, "{ spec: { containers: [{ name: c }] } }")
                .unwrap()
                .unwrap(),
            "{apiVersion: x.io/v1, kind: Rollout, spec: {containers: [{name: c}]}}"
        );
    }
}
