//! Names of other objects: they follow the objects that prefixes, suffixes and hashes rename.
//!
//! kubernetes-sigs/kustomize, `api/filters/nameref`.

use super::{
    defaults::Reference,
    failure::Failure,
    object::{Gvk, Object},
    tree,
};
use crate::value::text;
use policy_engine::{
    syntax::node::{Node, Value},
    text::Text,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// What is known of an object that may be named.
struct Candidate {
    gvks: Vec<Gvk>,
    first_namespace: String,
    namespace: String,
    is_cluster_scoped: bool,
    kind: String,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    name: Text,
    own_namespace: Option<String>,
}

/// Updates all names of renamed objects.
pub(super) fn follow(objects: &mut [Object], references: &[Reference]) -> Result<(), Failure> {
    let mut candidates: HashMap<String, Vec<Arc<Candidate>>> = HashMap::new();
    for object in objects.iter() {
        let Some(candidate) = Candidate::of(object).map(Arc::new) else {
            continue;
        };
        let names: BTreeSet<_> = object.previous.iter().map(|id| id.name.as_str()).collect();
        for name in names {
            let known = candidates.entry(name.to_owned()).or_default();
            known.push(Arc::clone(&candidate));
        }
    }
    if candidates.is_empty() {
        return Ok(());
    }
    let mut failure = None;
    for object in objects {
        let referrer = Referrer::of(object);
        let first = object.original().gvk;
        for reference in references
            .iter()
            .filter(|reference| reference.field.gvk.selects(&first))
        {
            let mut lookup = Lookup {
                referrer: &referrer,
                candidates: &candidates,
                reference,
                failure: &mut failure,
            };
            // The field is of the kind that the object has now.
            let mut field = reference.field.clone();
            field.gvk = Gvk::default();
            let origin = object.node.origin;
            let null = Node {
                value: Value::Null,
                origin,
            };
            field.visit(&mut object.node, &null, &mut |value| lookup.set(value));
        }
    }
    failure.map_or(Ok(()), Err)
}

impl Candidate {
    /// An object that had another identity before.
    fn of(object: &Object) -> Option<Self> {
        if object.previous.is_empty() {
            return None;
        }
        let id = object.id();
        Some(Self {
            gvks: object.previous.iter().map(|id| id.gvk.clone()).collect(),
            first_namespace: object.original().namespace,
            is_cluster_scoped: id.gvk.is_cluster_scoped(),
            kind: id.gvk.kind.clone(),
            namespace: id.namespace,
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
            name: object.name(),
            own_namespace: object.namespace(),
        })
    }

    /// Whether it was renamed in the same kustomizations as another.
    fn is_beside(&self, referrer: &Referrer, may_be_empty: bool) -> bool {
        let fits = |own: &[String], other: &[String]| {
            (may_be_empty && (own.is_empty() || other.is_empty())) || ends_alike(own, other)
        };
        fits(&self.prefixes, &referrer.prefixes) && fits(&self.suffixes, &referrer.suffixes)
    }
}

/// Whether the shorter list is the end of the longer one.
fn ends_alike(left: &[String], right: &[String]) -> bool {
    let (short, long) = if left.len() > right.len() {
        (right, left)
    } else {
        (left, right)
    };
    if short.is_empty() {
        return long.is_empty();
    }
    long.ends_with(short)
}

/// What is known of an object that names others.
struct Referrer {
    kind: String,
    namespace: String,
    is_cluster_scoped: bool,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    /// The kind that its `roleRef` names.
    role: Option<Gvk>,
    /// Namespaces of service accounts that a RoleBinding names.
    subjects: Vec<String>,
}

impl Referrer {
    fn of(object: &Object) -> Self {
        let id = object.id();
        let part = |name: &str| tree::spelt(&object.node, &["roleRef", name]);
        let role = part("apiGroup").zip(part("kind"));
        let subjects = tree::items(object.node.get("subjects")).iter();
        let accounts = subjects
            .filter(|subject| tree::spelt(subject, &["kind"]).as_deref() == Some("ServiceAccount"));
        Self {
            is_cluster_scoped: id.gvk.is_cluster_scoped(),
            subjects: accounts
                .filter_map(|subject| tree::spelt(subject, &["namespace"]))
                .collect(),
            kind: id.gvk.kind,
            namespace: id.namespace,
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
            role: role.map(|(group, kind)| Gvk::new(&group, "", &kind)),
        }
    }

    /// Whether an object may be named from here at all.
    fn may_name(&self, candidate: &Candidate) -> bool {
        let is_near = self.is_cluster_scoped
            || candidate.is_cluster_scoped
            || candidate.namespace == self.namespace;
        let namespace = candidate.own_namespace.as_deref().unwrap_or("");
        let is_subject =
            self.kind == "RoleBinding" && self.subjects.iter().any(|subject| subject == namespace);
        is_near || (is_subject && candidate.kind == "ServiceAccount")
    }
}

/// Where a name leads.
enum Namespace {
    /// The field holds a name alone.
    Own,
    /// The field may hold a namespace, and does not.
    Any,
    Written(String),
}

/// One field that holds names.
struct Lookup<'f> {
    referrer: &'f Referrer,
    /// Those that have a name or had it.
    candidates: &'f HashMap<String, Vec<Arc<Candidate>>>,
    reference: &'f Reference,
    failure: &'f mut Option<Failure>,
}

impl Lookup<'_> {
    fn set(&mut self, value: &mut Node) {
        match &mut value.value {
            Value::List(items) => items.iter_mut().for_each(|item| self.set(item)),
            Value::Map(_) => self.subject(value),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let Some(old) = value.scalar_text() else {
                    return;
                };
                let origin = value.origin;
                if let Some(candidate) = self.find(&old.to_string(), &Namespace::Own, value)
                    && candidate.name != old
                {
                    *value = text(candidate.name.clone(), origin);
                }
            }
        }
    }

    /// A name with a namespace.
    fn subject(&mut self, value: &mut Node) {
        let Some(old) = tree::spelt(value, &["name"]) else {
            return;
        };
        let namespace = match tree::spelt(value, &["namespace"]) {
            Some(namespace) => Namespace::Written(namespace),
            None => Namespace::Any,
        };
        let origin = value.get("name").map_or(value.origin, |name| name.origin);
        let Some(candidate) = self.find(&old, &namespace, value) else {
            return;
        };
        tree::set(
            value,
            text("name", origin),
            text(candidate.name.clone(), origin),
        );
        if let Some(namespace) = &candidate.own_namespace {
            tree::set(
                value,
                text("namespace", origin),
                text(namespace.as_str(), origin),
            );
        }
    }

    /// The object of that name; several objects that cannot be distinguished are a failure.
    fn find(&mut self, name: &str, namespace: &Namespace, value: &Node) -> Option<&Candidate> {
        let all = self.candidates.get(name)?.iter().map(Arc::as_ref);
        let all = all.filter(|candidate| self.referrer.may_name(candidate));
        let all: Vec<_> = all.collect();
        let placed = |of: fn(&Candidate) -> &str, namespace: &str| -> Vec<&Candidate> {
            all.iter()
                .copied()
                .filter(|candidate| of(candidate) == namespace)
                .collect()
        };
        let mut candidates = match namespace {
            Namespace::Own | Namespace::Any => all.clone(),
            Namespace::Written(namespace) => {
                match placed(|candidate| &candidate.first_namespace, namespace) {
                    first if !first.is_empty() => first,
                    _ => placed(|candidate| &candidate.namespace, namespace),
                }
            }
        };
        let target = &self.reference.target;
        let is_role = self
            .reference
            .field
            .path
            .ends_with(&["roleRef".to_owned(), "name".to_owned()]);
        candidates.retain(|candidate| {
            candidate.gvks.iter().any(|gvk| target.selects(gvk))
                && self
                    .referrer
                    .role
                    .as_ref()
                    .filter(|_| is_role)
                    .is_none_or(|role| candidate.gvks.iter().any(|gvk| role.selects(gvk)))
        });
        if candidates.len() > 1 {
            candidates.retain(|candidate| candidate.is_beside(self.referrer, true));
        }
        if candidates.len() > 1 {
            candidates.retain(|candidate| candidate.is_beside(self.referrer, false));
        }
        let first = *candidates.first()?;
        let is_same = |candidate: &&Candidate| {
            let is_near = matches!(namespace, Namespace::Own);
            candidate.name == first.name
                && (is_near || candidate.own_namespace == first.own_namespace)
        };
        if !candidates.iter().all(is_same) {
            let message = format!("`{name}` may be any of {} objects", candidates.len());
            self.failure
                .get_or_insert(Failure::at(value.origin, message));
            return None;
        }
        Some(first)
    }
}
