//! Names of unknown values with the plan or root module that they belong to: the same text in two of them is not one value.

use crate::value::scalar;
use policy_engine::{
    syntax::node::{Node, Value},
    text::{Hole, HoleKind, Part, Text, TextBuilder},
};

/// A value whose holes have the label in their names.
pub(super) fn labelled(node: Node, label: Option<&str>) -> Node {
    let Some(label) = label else { return node };
    let origin = node.origin;
    let value = match node.value {
        Value::String(own) => return scalar(text(own.text, Some(label)), own.offsets, origin),
        Value::List(items) => {
            let items = items.into_iter();
            Value::List(items.map(|item| labelled(item, Some(label))).collect())
        }
        Value::Map(members) => {
            let own = |node| labelled(node, Some(label));
            let members = members.into_iter();
            Value::Map(members.map(|(key, value)| (own(key), own(value))).collect())
        }
        other => other,
    };
    Node { value, origin }
}

/// A text whose holes have the label in their names; the six characters behind the name of a secret belong to the secret.
pub(super) fn text(text: Text, label: Option<&str>) -> Text {
    let Some(label) = label.filter(|_| !text.is_known()) else {
        return text;
    };
    let mut made = TextBuilder::default();
    for part in text.parts() {
        match part {
            Part::Literal(known) => made.push_str(known),
            Part::Hole(hole) if hole.kind == HoleKind::SecretSuffix => made.push_hole(hole.clone()),
            Part::Hole(hole) => made.push_hole(Hole {
                name: format!("{} in {label}", &*hole.name).into(),
                kind: hole.kind,
            }),
        }
    }
    made.finish()
}

/// A name with what is unknown of it between angle brackets, the label in the names of these.
pub(super) fn name(shown: String, label: Option<&str>) -> String {
    if label.is_none() || !shown.contains('<') {
        return shown;
    }
    text(Text::shown(&shown), label).to_string()
}
