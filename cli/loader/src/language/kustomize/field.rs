//! Paths to fields of kinds, and the walk along them.
//!
//! kubernetes-sigs/kustomize, `api/filters/fieldspec`: a path passes through lists without naming them.

use super::{object::Gvk, tree};
use crate::value::text;
use policy_engine::syntax::node::{Node, Value};

/// A field of the kinds that a selector selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) gvk: Gvk,
    pub(super) path: Vec<String>,
    /// Whether it is made where it is not there.
    pub(super) create: bool,
}

impl Field {
    pub(super) fn new(
        (group, version, kind): (&str, &str, &str),
        path: &str,
        create: bool,
    ) -> Self {
        Self {
            gvk: Gvk::new(group, version, kind),
            path: split(path),
            create,
        }
    }

    /// A field as a configuration of transformers states it.
    pub(super) fn written(node: &Node) -> Option<Self> {
        Some(Self {
            gvk: Gvk::written(node),
            path: split(&tree::spelt(node, &["path"])?),
            create: tree::is_true(node, "create"),
        })
    }

    /// Visits the field of an object; `leaf` is what a new field begins with.
    pub(super) fn visit(&self, node: &mut Node, leaf: &Node, visit: &mut dyn FnMut(&mut Node)) {
        if self.gvk.selects(&Gvk::of(node)) {
            let made = self.create.then_some(leaf);
            walk(node, &self.path, made, visit);
        }
    }
}

/// The parts of a path; `\/` is a slash within a part.
fn split(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_escaped = false;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let (text, goes_on) = match part.strip_suffix('\\') {
            Some(text) => (text, true),
            None => (part, false),
        };
        match parts.last_mut().filter(|_| is_escaped) {
            Some(last) => *last = format!("{last}/{text}"),
            None => parts.push(text.to_owned()),
        }
        is_escaped = goes_on;
    }
    parts
}

fn walk(node: &mut Node, path: &[String], made: Option<&Node>, visit: &mut dyn FnMut(&mut Node)) {
    let Some((name, rest)) = path.split_first() else {
        visit(node);
        return;
    };
    match &mut node.value {
        Value::List(items) => {
            for item in items {
                walk(item, path, made, visit);
            }
        }
        Value::Map(_) => {
            let (name, is_list) = match name.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            };
            let is_missing = node.get(name).is_none_or(Node::is_null);
            if let Some(leaf) = made.filter(|_| is_missing && !is_list) {
                let value = if rest.is_empty() {
                    leaf.clone()
                } else {
                    tree::map(Vec::new(), leaf.origin)
                };
                tree::set(node, text(name, leaf.origin), value);
            }
            if let Some(value) = tree::member(node, name) {
                walk(value, rest, made, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_slash_may_be_a_part_of_a_name() {
        assert_eq!(split("spec/template"), ["spec", "template"]);
        assert_eq!(
            split("metadata/annotations/example.com\\/secret"),
            ["metadata", "annotations", "example.com/secret"]
        );
    }
}
