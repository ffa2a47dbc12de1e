//! The transformers of a kustomization: namespace, prefix, suffix, labels and annotations.
//!
//! kubernetes-sigs/kustomize, `api/internal/builtins` and `api/filters`.

use super::{
    failure::Failure,
    field::Field,
    object::{Gvk, Object},
    tree,
};
use crate::value::text;
use policy_engine::{
    syntax::node::{Node, Value},
    text::Text,
};
use std::collections::HashSet;

/// Kinds whose names take no prefix and no suffix.
const FIXED_NAMES: [(&str, &str); 3] = [
    ("", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("", "Namespace"),
];

/// Puts all objects into a namespace.
pub(super) fn namespace(
    objects: &mut [Object],
    namespace: &Node,
    fields: &[Field],
) -> Result<(), Failure> {
    for object in objects.iter_mut() {
        object.remember();
        let gvk = object.gvk();
        if !gvk.is_cluster_scoped() {
            object.put("namespace", namespace.clone());
        }
        if matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
            default_subjects(&mut object.node, namespace);
        }
        let null = Node {
            value: Value::Null,
            origin: namespace.origin,
        };
        for field in fields.iter().filter(|field| !is_special(field, &gvk)) {
            field.visit(&mut object.node, &null, &mut |value| {
                *value = namespace.clone();
            });
        }
    }
    let mut ids = HashSet::new();
    for object in objects.iter() {
        let id = object.id();
        let shown = id.shown();
        if !ids.insert(id) {
            let message = format!("`namespace` makes two objects `{shown}`");
            return Err(Failure::at(namespace.origin, message));
        }
    }
    Ok(())
}

/// Fields that have rules of their own.
fn is_special(field: &Field, gvk: &Gvk) -> bool {
    let path: Vec<_> = field.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["metadata", "namespace"] => true,
        ["metadata", "name"] => !(gvk.group.is_empty() && gvk.version == "v1"),
        ["subjects", "namespace"] => {
            matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
        }
        _ => false,
    }
}

/// Subjects named `default` are service accounts of the namespace; others follow their service account.
fn default_subjects(node: &mut Node, namespace: &Node) {
    let Some(Node {
        value: Value::List(subjects),
        ..
    }) = tree::member(node, "subjects")
    else {
        return;
    };
    for subject in subjects {
        if subject.get("name").and_then(Node::as_str) == Some("default") {
            tree::set(
                subject,
                text("namespace", namespace.origin),
                namespace.clone(),
            );
        }
    }
}

/// Puts a text before or behind the names.
pub(super) fn affix(objects: &mut [Object], text: &str, is_prefix: bool) {
    for object in objects {
        let first = object.original().gvk;
        let is = |(group, kind): &(&str, &str)| Gvk::new(group, "", kind).selects(&first);
        if FIXED_NAMES.iter().any(is) {
            continue;
        }
        let affixes = if is_prefix {
            &mut object.prefixes
        } else {
            &mut object.suffixes
        };
        affixes.push(text.to_owned());
        object.remember();
        let (name, affix) = (object.name(), Text::from(text));
        object.rename(if is_prefix {
            affix.then(&name)
        } else {
            name.then(&affix)
        });
    }
}

/// Sets pairs in maps: labels or annotations.
pub(super) fn pairs(objects: &mut [Object], pairs: &[(Node, Node)], fields: &[Field]) {
    for object in objects {
        for (key, value) in pairs {
            let place = tree::map(Vec::new(), key.origin);
            for field in fields {
                field.visit(&mut object.node, &place, &mut |map| {
                    tree::set(map, key.clone(), value.clone());
                });
            }
        }
    }
}
