//! TOML as the tree that all readers share: order, duplicates impossible, everything with its place.

use policy_engine::{
    source::{OffsetMap, Origin, SourceId, Span},
    syntax::node::{Node, Scalar, Value},
    text::Text,
};
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A syntax error.
pub(super) struct TomlError {
    pub(super) message: String,
    pub(super) origin: Origin,
}

/// Reads a whole file.
pub(super) fn parse(source: SourceId, text: &str) -> Result<Node, TomlError> {
    let table = DeTable::parse(text).map_err(|error| TomlError {
        message: format!("not valid TOML: {}", error.message().replace('\n', ", ")),
        origin: origin(source, error.span().unwrap_or(0..0)),
    })?;
    Ok(map(source, table.get_ref(), table.span()))
}

fn origin(source: SourceId, span: Range<usize>) -> Origin {
    Origin {
        source,
        span: Span::new(span.start, span.end),
    }
}

fn map(source: SourceId, table: &DeTable<'_>, span: Range<usize>) -> Node {
    let mut members: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let place = origin(source, key.span());
            (scalar(key.get_ref(), place), node(source, value))
        })
        .collect();
    members.sort_by_key(|(key, _)| key.origin.span.start);
    Node {
        value: Value::Map(members),
        origin: origin(source, span),
    }
}

fn node(source: SourceId, value: &Spanned<DeValue<'_>>) -> Node {
    let place = origin(source, value.span());
    let value = match value.get_ref() {
        DeValue::String(text) => return scalar(text, place),
        DeValue::Datetime(date) => return scalar(&date.to_string(), place),
        DeValue::Integer(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(source, item)).collect()),
        DeValue::Table(table) => return map(source, table, value.span()),
    };
    Node {
        value,
        origin: place,
    }
}

fn scalar(text: &str, origin: Origin) -> Node {
    Node {
        value: Value::String(Scalar {
            text: Text::from(text),
            offsets: OffsetMap::from_start(origin.span.start),
        }),
        origin,
    }
}
