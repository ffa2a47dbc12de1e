//! Grants of KMS keys.

use super::{
    attribute::{Open, OrOpen, first, items, member, of, shown_text, text},
    batch::Batch,
    spelling::{CONSTRAINTS, CONTEXT_EQUALS, CONTEXT_SUBSET, GRANTEE, KEY_ID, Names, OPERATIONS},
};
use crate::{pending::StrayFact, resource::Resource, value};
use policy_engine::{
    request::Grant,
    syntax::node::{Node, Value},
    text::Text,
};

/// A grant of a key that is described elsewhere in the file.
pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let stated = [GRANTEE, OPERATIONS, CONSTRAINTS]
        .into_iter()
        .filter_map(|names| {
            let name = names.first()?;
            Some((name, resource.stated(names)?.into_owned()))
        });
    let members = stated.map(|(name, node)| (value::text(*name, node.origin), node));
    let node = Node {
        value: Value::Map(members.collect()),
        origin: resource.origin,
    };
    let mut open = Open::of(&resource.exists);
    let grant = read(&node, &mut open);
    batch.with_key(resource, KEY_ID, StrayFact::Grant, move |key| {
        match open.hole() {
            Some(hole) => key.grants.open = Some(hole.clone()),
            None => key.grants.list.extend(grant),
        }
    });
}

/// A grant as an answer of AWS or a block states it; one that is not known in full is kept in `open`.
pub(super) fn read(node: &Node, open: &mut Open) -> Option<Grant> {
    let grantee = of(member(node, GRANTEE)).or_open(open).and_then(text);
    let mut operations = Vec::new();
    for operation in items(of(member(node, OPERATIONS)), open) {
        operations.extend(shown_text(operation).map(|operation| operation.value));
    }
    let constraints = of(member(node, CONSTRAINTS)).or_open(open).map(first);
    let equals = context(constraints, CONTEXT_EQUALS, open);
    let subset = context(constraints, CONTEXT_SUBSET, open);
    // What may be another one is no grant that is known.
    grantee
        .filter(|_| open.hole().is_none())
        .map(|grantee| Grant {
            grantee: grantee.value,
            operations,
            context_equals: equals,
            context_subset: subset,
        })
}

/// The pairs of an encryption context; none where none is asked for.
fn context(
    constraints: Option<&Node>,
    names: Names,
    open: &mut Open,
) -> Option<Vec<(String, Text)>> {
    let stated = of(member(constraints?, names)).or_open(open)?;
    let mut pairs = Vec::new();
    for (key, value) in stated.as_map()? {
        match (key.as_str(), value.scalar_text()) {
            (Some(key), Some(value)) => pairs.push((key.to_owned(), value)),
            (None, _) => {
                of(Some(key)).or_open(open);
            }
            (Some(_), None) => {}
        }
    }
    (!pairs.is_empty()).then_some(pairs)
}
