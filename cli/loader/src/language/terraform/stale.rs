//! Whether the source was changed after the plan or the state: the values.

use super::plan::Resource;
use crate::value::{embedded, has_hole, same};
use policy_engine::syntax::node::{Node, Value};

/// Whether the source has another value for an attribute than the plan; `name` is the path of the attribute.
///
/// Elements of lists do not count: they are paired with those of the plan by a guess.
pub(super) fn differs(resource: &Resource<'_>, name: &str, known: &Node, written: &Node) -> bool {
    let path = name.strip_prefix(resource.address.as_str());
    let is_element = path.is_none_or(|path| path.contains('['));
    if is_element || has_hole(known) || has_hole(written) || written.is_null() {
        return false;
    }
    match (&known.value, &written.value) {
        (Value::String(_), _) => match (embedded(known), embedded(written)) {
            (Some(known), Some(written)) => !same(&known, &written),
            (Some(known), None) if written.scalar_text().is_none() => !same(&known, written),
            _ => known.scalar_text() != written.scalar_text(),
        },
        (Value::Map(known), Value::Map(written)) => {
            are_texts(known) && are_texts(written) && !are_equal(known, written)
        }
        _ => false,
    }
}

fn are_texts(members: &[(Node, Node)]) -> bool {
    let mut values = members.iter().map(|(_, value)| value);
    values.all(|value| value.scalar_text().is_some())
}

/// Whether two maps of texts are equal.
fn are_equal(left: &[(Node, Node)], right: &[(Node, Node)]) -> bool {
    left.len() == right.len()
        && left.iter().all(|(key, value)| {
            let mut partners = right.iter();
            let partner = partners.find(|(other, _)| other.as_str() == key.as_str());
            partner.is_some_and(|(_, other)| other.scalar_text() == value.scalar_text())
        })
}
