//! Which parts of a tree are shown, as tables of members.

use super::outside::{self, Syntax};
use policy_engine::{
    source::Span,
    syntax::node::{Node, Value},
};

/// What is shown of a value.
pub(super) enum Part {
    /// A scalar, a list of scalars, or a function that makes one.
    Text,
    /// Everything below.
    All,
    /// Some members; the elements of a list are as the list. A name that ends with `*` is the beginning of names.
    Members(&'static [(&'static str, Part)]),
    /// What a function decides.
    Rule(fn(&Node, &mut Parts)),
}

impl Part {
    /// What is shown of a member.
    pub(super) fn member(&self, name: &str) -> Option<&Part> {
        match self {
            Self::All => Some(self),
            Self::Members(members) => {
                let is_named = |(known, _): &&(&str, Part)| match known.strip_suffix('*') {
                    Some(start) => name.starts_with(start),
                    None => known.eq_ignore_ascii_case(name),
                };
                members.iter().find(is_named).map(|(_, part)| part)
            }
            Self::Text | Self::Rule(_) => None,
        }
    }
}

/// The scalars of a text, and which of them are shown.
#[derive(Default)]
pub(super) struct Parts {
    shown: Vec<Span>,
    hidden: Vec<Span>,
}

impl Parts {
    pub(super) fn show(&mut self, span: Span) {
        self.shown.push(span);
    }

    pub(super) fn hide(&mut self, span: Span) {
        self.hidden.push(span);
    }

    pub(super) fn hides_nothing(&self) -> bool {
        self.hidden.is_empty()
    }

    /// The kept parts of the text: the visible scalars, and the text between scalars without comments.
    pub(super) fn kept(mut self, text: &str, syntax: &Syntax) -> Vec<Span> {
        self.hidden.sort_unstable();
        // An alias is at two places; if either place is hidden, the text is hidden.
        let hidden = &self.hidden;
        self.shown
            .retain(|span| hidden.binary_search(span).is_err());
        let mut scalars = self.shown.clone();
        scalars.extend_from_slice(hidden);
        let mut kept = outside::between(text, scalars, syntax);
        for span in self.shown {
            outside::harmless(text, span, &mut kept);
        }
        for span in self.hidden {
            outside::quotes(text, span, &mut kept);
        }
        kept
    }
}

pub(super) fn walk(node: &Node, part: &Part, parts: &mut Parts) {
    match (part, &node.value) {
        (Part::Rule(rule), _) => rule(node, parts),
        (Part::All, _) => all(node, parts),
        (_, Value::List(items)) => items.iter().for_each(|item| walk(item, part, parts)),
        (Part::Text, Value::Map(_)) if is_function(node) => all(node, parts),
        (Part::Text, Value::Map(_)) => unknown(node, parts),
        (Part::Text, _) => parts.show(node.origin.span),
        (Part::Members(_), Value::Map(members)) => {
            for (name, value) in members {
                key(name, parts);
                match part.member(name.as_str().unwrap_or("")) {
                    Some(part) => walk(value, part, parts),
                    None => unknown(value, parts),
                }
            }
        }
        (Part::Members(_), _) => parts.hide(node.origin.span),
    }
}

/// Of an unknown structure only the keys are shown.
pub(super) fn unknown(node: &Node, parts: &mut Parts) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| unknown(item, parts)),
        Value::Map(members) => {
            for (name, value) in members {
                key(name, parts);
                unknown(value, parts);
            }
        }
        Value::Null | Value::Bool(_) => parts.show(node.origin.span),
        Value::String(_) if is_switch(node) => parts.show(node.origin.span),
        Value::Number(_) | Value::String(_) => parts.hide(node.origin.span),
    }
}

fn all(node: &Node, parts: &mut Parts) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| all(item, parts)),
        Value::Map(members) => {
            for (name, value) in members {
                all(name, parts);
                all(value, parts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            parts.show(node.origin.span);
        }
    }
}

/// The longest key that is shown.
const LONGEST_KEY: usize = 200;

/// A key is shown when it is one word.
pub(super) fn key(node: &Node, parts: &mut Parts) {
    match node.as_str() {
        Some(text) if text.len() <= LONGEST_KEY && !text.contains(char::is_whitespace) => {
            parts.show(node.origin.span);
        }
        _ => unknown(node, parts),
    }
}

/// Whether a text is a truth value of YAML 1.1.
fn is_switch(node: &Node) -> bool {
    let words = ["yes", "no", "on", "off", "true", "false"];
    node.as_str()
        .is_some_and(|text| words.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// Whether a map is a function of CloudFormation, whose result replaces it.
pub(super) fn is_function(node: &Node) -> bool {
    let is_name = |key: &Node| {
        key.as_str()
            .is_some_and(|name| name == "Ref" || name.starts_with("Fn::"))
    };
    node.as_map()
        .is_some_and(|members| !members.is_empty() && members.iter().all(|(key, _)| is_name(key)))
}
