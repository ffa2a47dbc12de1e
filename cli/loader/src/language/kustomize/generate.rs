//! Generators of ConfigMaps and Secrets: names, labels and annotations, and never their data.

use super::{
    failure::Failure,
    object::Object,
    tree::{self, is_true, made, named},
};
use policy_engine::{
    syntax::node::Node,
    text::{HoleKind, Text},
};

/// The behaviour of a generator for an existing object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behavior {
    Create,
    /// `merge` or `replace`, which differ by the data alone.
    Change,
}

/// Adds the object of one entry of `configMapGenerator` or `secretGenerator`, or changes the existing object.
pub(super) fn generate(
    objects: &mut Vec<Object>,
    entry: &Node,
    kind: &str,
    options: Option<&Node>,
) -> Result<(), Failure> {
    let Some(name) = entry
        .get("name")
        .filter(|name| name.scalar_text().is_some())
    else {
        return Err(Failure::at(
            entry.origin,
            format!("a generator of a {kind} has no `name`"),
        ));
    };
    let origin = name.origin;
    let mut metadata = vec![named("name", name.clone())];
    metadata.extend(entry.entry("namespace").cloned());
    let members = vec![
        named("apiVersion", made("v1", origin)),
        named("kind", made(kind, origin)),
        named("metadata", tree::map(metadata, origin)),
    ];
    let mut object = Object::new(tree::map(members, origin));
    let own = entry.get("options");
    object.is_hashed = ![options, own]
        .into_iter()
        .flatten()
        .any(|options| is_true(options, "disableNameSuffixHash"));
    let behavior = match entry.get("behavior").and_then(Node::as_str) {
        None | Some("" | "create" | "unspecified") => Behavior::Create,
        Some("merge" | "replace") => Behavior::Change,
        Some(other) => {
            let message = format!("`{other}` is no behavior of a generator");
            return Err(Failure::at(entry.origin, message));
        }
    };
    let id = object.id();
    let mut known: Vec<_> = objects.iter_mut().filter(|known| known.is(&id)).collect();
    match (known.as_mut_slice(), behavior) {
        ([], Behavior::Create) => {
            mark(&mut object, &[options, own]);
            objects.push(object);
            Ok(())
        }
        ([old], Behavior::Change) => {
            old.is_hashed &= object.is_hashed;
            mark(old, &[options, own]);
            Ok(())
        }
        ([], Behavior::Change) => Err(Failure::at(
            entry.origin,
            format!("no object `{}` is there to change", id.shown()),
        )),
        _ => Err(Failure::at(
            entry.origin,
            format!("the object `{}` is there already", id.shown()),
        )),
    }
}

/// Sets the labels and annotations of options.
fn mark(object: &mut Object, options: &[Option<&Node>]) {
    for name in ["labels", "annotations"] {
        for options in options.iter().flatten() {
            let pairs = tree::members(options.get(name));
            if pairs.is_empty() {
                continue;
            }
            let written = object.node.at(&["metadata", name]).cloned();
            let mut map = written.unwrap_or_else(|| tree::map(Vec::new(), options.origin));
            for (key, value) in pairs {
                tree::set(&mut map, key.clone(), value.clone());
            }
            object.put(name, map);
        }
    }
}

/// Gives generated objects the suffix that is computed from their data, which is not known here.
pub(super) fn hash(objects: &mut [Object]) {
    for object in objects.iter_mut().filter(|object| object.is_hashed) {
        object.remember();
        let id = object.id();
        let hash = format!("hash of the data of {} `{}`", id.gvk.kind, id.name);
        let suffix = Text::from("-").then(&Text::hole(hash, HoleKind::Some));
        let name = object.name().then(&suffix);
        object.rename(name);
    }
}
