//! Grants of KMS keys.

use super::{
    attribute::{Open, OrOpen, first, items, member, of, shown_text, text},
    batch::Batch,
    spelling::{CONSTRAINTS, CONTEXT_EQUALS, CONTEXT_SUBSET, GRANTEE, KEY_ID, Names, OPERATIONS},
};
use crate::{
    pending::StrayFact,
    resource::{Exists, Resource},
};
use policy_engine::{
    request::Grant,
    source::Origin,
    syntax::node::{Node, Value},
    text::{Hole, Text},
};

/// What a grant that is not known may allow, as far as secrets are concerned.
const OPERATIONS_OF_SECRETS: [&str; 5] = [
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
];

/// A grant of a key that is described elsewhere in the file.
pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let stated = [GRANTEE, OPERATIONS, CONSTRAINTS]
        .into_iter()
        .filter_map(|names| {
            let name = names.first()?;
            Some((name, resource.stated(names)?.into_owned()))
        });
    let members = stated.map(|(name, node)| (crate::value::text(*name, node.origin), node));
    let node = Node {
        value: Value::Map(members.collect()),
        origin: resource.origin,
    };
    let grant = match &resource.exists {
        Exists::Yes => read(&node),
        Exists::Unknown(hole) => Some(anyone(hole)),
    };
    let Some(grant) = grant else { return };
    let stray = |hole: Hole, _: Origin| StrayFact::Grant(anyone(&hole));
    batch.with_key(resource, KEY_ID, stray, |key| key.grants.list.push(grant));
}

/// A grant as an answer of AWS or a block states it; one that is not known in full may be for anybody.
pub(super) fn read(node: &Node) -> Option<Grant> {
    let grantee = text(member(node, GRANTEE)?)?.value;
    let mut open = Open::default();
    let mut operations = Vec::new();
    for operation in items(of(member(node, OPERATIONS)), &mut open) {
        operations.extend(shown_text(operation).map(|operation| operation.value));
    }
    let constraints = of(member(node, CONSTRAINTS)).or_open(&mut open).map(first);
    let equals = context(constraints, CONTEXT_EQUALS, &mut open);
    let subset = context(constraints, CONTEXT_SUBSET, &mut open);
    Some(match open.hole() {
        Some(hole) => anyone(hole),
        None => Grant {
            grantee,
            operations,
            context_equals: equals,
            context_subset: subset,
        },
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

/// A grant that may let anybody use the key.
pub(crate) fn anyone(hole: &Hole) -> Grant {
    Grant {
        grantee: Text::hole(hole.name.clone(), hole.kind),
        operations: OPERATIONS_OF_SECRETS.map(str::to_owned).to_vec(),
        context_equals: None,
        context_subset: None,
    }
}
