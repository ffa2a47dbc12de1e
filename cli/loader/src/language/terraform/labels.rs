//! Names of unknown values with the plan or root module that they belong to: the same text in two of them is not one value.

use crate::{
    unnamed::{fact, fact_name, fact_text},
    value::scalar,
};
use policy_engine::{
    syntax::node::{Node, Value},
    text::{Hole, HoleKind, Part, Text, TextBuilder},
};

/// A value of an expression as a fact: its holes have the label in their names.
pub(super) fn labelled(node: Node, label: Option<&str>) -> Node {
    with_label(fact(node), label)
}

fn with_label(node: Node, label: Option<&str>) -> Node {
    let Some(label) = label else { return node };
    let origin = node.origin;
    let value = match node.value {
        Value::String(own) => {
            return scalar(text_with_label(&own.text, label), own.offsets, origin);
        }
        Value::List(items) => {
            let items = items.into_iter();
            Value::List(items.map(|item| with_label(item, Some(label))).collect())
        }
        Value::Map(members) => {
            let own = |node| with_label(node, Some(label));
            let members = members.into_iter();
            Value::Map(members.map(|(key, value)| (own(key), own(value))).collect())
        }
        other => other,
    };
    Node { value, origin }
}

/// A text of an expression as a fact: its holes have the label in their names.
pub(super) fn text(text: &Text, label: Option<&str>) -> Text {
    let text = fact_text(text);
    match label {
        Some(label) => text_with_label(&text, label),
        None => text.into_owned(),
    }
}

/// The six characters behind the name of a secret belong to the secret.
fn text_with_label(text: &Text, label: &str) -> Text {
    if text.is_known() {
        return text.clone();
    }
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

/// A name of an expression as a fact, what is unknown of it between angle brackets, the label in the names of these.
pub(super) fn name(shown: String, label: Option<&str>) -> String {
    if !shown.contains('<') {
        return shown;
    }
    let shown = fact_name(&shown);
    match label {
        Some(label) => text_with_label(&Text::shown(&shown), label).to_string(),
        None => shown,
    }
}
