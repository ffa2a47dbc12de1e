//! Pieces of a world file and how they are printed as YAML.

use crate::render::escape;
use serde_json::Value;

/// A piece of the file: maps and lists become blocks, everything else is inline JSON, which is also YAML.
pub(super) enum Piece {
    Map(Vec<(String, Piece)>),
    List(Vec<Piece>),
    Inline(Value),
    /// JSON in its original order.
    Raw(String),
}

pub(super) fn print(piece: &Piece, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match piece {
        Piece::Map(members) => {
            for (name, member) in members {
                text.push_str(&format!("{indent}{}:", plain(name)));
                nested(member, depth + 1, text);
            }
        }
        Piece::List(items) => {
            for item in items {
                text.push_str(&format!("{indent}-"));
                nested(item, depth + 1, text);
            }
        }
        Piece::Inline(value) => text.push_str(&format!("{indent}{}\n", inline(value))),
        Piece::Raw(raw) => text.push_str(&format!("{indent}{}\n", escape(raw))),
    }
}

fn nested(piece: &Piece, depth: usize, text: &mut String) {
    match piece {
        Piece::Map(members) if members.is_empty() => text.push_str(" {}\n"),
        Piece::List(items) if items.is_empty() => text.push_str(" []\n"),
        Piece::Inline(value) => text.push_str(&format!(" {}\n", inline(value))),
        Piece::Raw(raw) => text.push_str(&format!(" {}\n", escape(raw))),
        Piece::Map(_) | Piece::List(_) => {
            text.push('\n');
            print(piece, depth, text);
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        other => escape(&other.to_string()),
    }
}

/// A name that YAML reads back as the same string: quoted unless it is plainly safe.
fn plain(text: &str) -> String {
    let first = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '/');
    let safe = text
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "-_./".contains(character));
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if first && safe && !word {
        text.to_owned()
    } else {
        escape(&Value::from(text).to_string())
    }
}

/// Inline members as a JSON object.
pub(super) fn flat(members: Vec<(String, Piece)>) -> Value {
    let pairs = members.into_iter().map(|(name, piece)| match piece {
        Piece::Inline(value) => (name, value),
        Piece::Map(_) | Piece::List(_) | Piece::Raw(_) => (name, Value::Null),
    });
    Value::Object(pairs.collect())
}
