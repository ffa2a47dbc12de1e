//! The tree of JSON and YAML: it keeps order, duplicates and the spelling of numbers, and every value has its place.

use crate::{
    source::{OffsetMap, Origin, Span},
    text::Text,
};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The place; the place of a quoted string includes the quotes.
    pub origin: Origin,
}

/// The value of a node.
#[derive(Clone, Debug)]
pub enum Value {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number as written.
    Number(String),
    /// Text.
    String(Scalar),
    /// Values in order.
    List(Vec<Node>),
    /// Members in order, duplicates kept.
    Map(Vec<(Node, Node)>),
}

/// The text of a string and the map from its bytes to the file.
#[derive(Clone, Debug, Default)]
pub struct Scalar {
    /// The decoded text.
    pub text: Text,
    /// Maps offsets in the text to offsets in the file.
    pub offsets: OffsetMap,
}

impl Node {
    /// The text of a string without holes.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::known)
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            Value::String(scalar) => Some(&scalar.text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                None
            }
        }
    }

    /// The text of a string, a number or a truth value as written.
    pub fn scalar_text(&self) -> Option<Text> {
        match &self.value {
            Value::String(scalar) => Some(scalar.text.clone()),
            Value::Number(number) => Some(Text::from(number.as_str())),
            Value::Bool(value) => Some(Text::from(if *value { "true" } else { "false" })),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of a map.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The last member with a name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The last member with a name, with its key.
    pub fn entry(&self, name: &str) -> Option<&(Node, Node)> {
        self.as_map()?
            .iter()
            .rev()
            .find(|(key, _)| key.as_str() == Some(name))
    }

    /// Follows names through nested maps.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// The text of a member that is a string, a number or a truth value.
    pub fn text_of(&self, name: &str) -> Option<Text> {
        self.get(name)?.scalar_text()
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The kind of value, for display.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The place of some bytes of a string's text.
    pub fn inner(&self, span: Span) -> Origin {
        match &self.value {
            Value::String(scalar) => Origin {
                source: self.origin.source,
                span: scalar.offsets.span(span),
            },
            _ => self.origin,
        }
    }
}
