//! Strings and tests of a policy in a snapshot.
//!
//! A string is `[text, source, start, length]`, followed by the offsets of its characters unless they follow from its
//! place, and by its JSON type unless it is a string.

use super::{Form, Written};
use crate::{
    policy::condition::Operator,
    source::{OffsetMap, Origin, Spanned},
    text::Text,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A string with its place, and its exceptional properties.
#[derive(Serialize, Deserialize)]
struct Row<T>(
    T,
    u32,
    u32,
    u32,
    #[serde(default, skip_serializing_if = "Option::is_none")] Option<OffsetMap>,
    #[serde(default, skip_serializing_if = "Option::is_none")] Option<Form>,
);

/// The offset behind the quotation mark of a string that JSON or YAML wrote without escapes.
fn behind_quote(start: u32) -> OffsetMap {
    OffsetMap::from_start(start.saturating_add(1))
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (source, start, length) = self.origin.numbers();
        let form = Some(self.form).filter(|form| *form != Form::String);
        let offsets =
            (form.is_some() || self.offsets != behind_quote(start)).then(|| self.offsets.clone());
        Row(&self.text, source, start, length, offsets, form).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Row(text, source, start, length, offsets, form) =
            Row::<Text>::deserialize(deserializer)?;
        Ok(Self {
            text,
            origin: Origin::from_numbers(source, start, length)?,
            offsets: offsets.unwrap_or_else(|| behind_quote(start)),
            form: form.unwrap_or(Form::String),
        })
    }
}

/// A test without its parsed operator, which follows from the name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Condition {
    operator: Spanned<String>,
    key: Written,
    origin: Origin,
    #[serde(default)]
    values: Vec<Written>,
}

impl From<Condition> for super::Condition {
    fn from(condition: Condition) -> Self {
        let Condition {
            operator,
            key,
            origin,
            values,
        } = condition;
        Self {
            parsed: Operator::parse(&operator.value).ok(),
            operator,
            key,
            origin,
            values,
        }
    }
}
