//! Names of unknown values. Two values with one name are one value, so that a name contains all on which the value depends.

use super::scope::Scope;
use crate::value::hole;
use hcl_edit::{Span as _, expr::Expression};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
};

/// The longest part of an expression in a name.
const MAX_NAME: usize = 80;

/// A hole named after the expression itself, its module, and the values of its instance.
pub(super) fn unknown(expression: &Expression, scope: &Scope<'_>) -> Node {
    let raw = scope.file.raw(expression.span());
    let origin = scope.file.origin(expression.span());
    hole(&named(raw, scope), origin)
}

/// The same for a text that is unknown as a whole.
pub(super) fn unknown_text(scope: &Scope<'_>, origin: Origin) -> Node {
    let span = origin.span.start as usize..origin.span.end as usize;
    hole(&named(scope.file.raw(Some(span)), scope), origin)
}

/// A hole whose name contains its place.
pub(super) fn placed(what: &str, origin: Origin) -> Node {
    let place = (origin.source.0, origin.span.start);
    hole(&format!("{what} ({}.{})", place.0, place.1), origin)
}

fn named(raw: &str, scope: &Scope<'_>) -> String {
    let text: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut name = shortened(&text);
    let mut add = |what: &str, value: &Node| {
        name.push_str(&format!(" with {what} = {}", spelling(value)));
    };
    if let Some((key, _)) = scope.each.as_ref().filter(|_| text.contains("each.")) {
        add("each.key", key);
    }
    if let Some(count) = scope.count.as_ref().filter(|_| text.contains("count.")) {
        add("count.index", count);
    }
    for (own, value) in &scope.names {
        if text.contains(own.as_str()) {
            add(own, value);
        }
    }
    if !scope.module.is_empty() {
        name.push_str(&format!(" in {}", scope.module));
    }
    plain(&name)
}

/// A text without the characters that separate the parts of ARNs, or that begin and end a hole where a name is shown.
fn plain(name: &str) -> String {
    let other = |letter| match letter {
        '/' => '\u{2215}',
        ':' => '\u{2236}',
        '<' => '\u{2039}',
        '>' => '\u{203a}',
        other => other,
    };
    name.chars().map(other).collect()
}

/// The beginning of a long text, with a number that distinguishes it from other texts of that beginning.
fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_NAME {
        return text.to_owned();
    }
    let start: String = text.chars().take(MAX_NAME).collect();
    format!("{start}… {}", number(text))
}

/// Any value as a short text.
fn spelling(value: &Node) -> String {
    match value.scalar_text() {
        Some(text) => shortened(&text.to_string()),
        None => {
            let mut all = String::new();
            collect(value, &mut all);
            number(&all)
        }
    }
}

fn collect(value: &Node, all: &mut String) {
    match &value.value {
        Value::List(items) => {
            all.push('[');
            for item in items {
                collect(item, all);
            }
            all.push(']');
        }
        Value::Map(members) => {
            all.push('{');
            for (key, value) in members {
                collect(key, all);
                collect(value, all);
            }
            all.push('}');
        }
        _ => {
            let text = value.scalar_text().map(|text| text.to_string());
            all.push_str(&text.unwrap_or_default());
            all.push(',');
        }
    }
}

fn number(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("#{:08x}", hasher.finish() & 0xffff_ffff)
}
