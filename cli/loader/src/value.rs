//! Small steps with trees: texts with places, holes, and the places of one tree put on the values of another.

use policy_engine::{
    source::{OffsetMap, Origin},
    syntax::{
        json,
        node::{Node, Scalar, Value},
    },
    text::{HoleKind, Text, TextBuilder},
};

/// Private characters that replace holes while a text is read as JSON.
const STAND_IN: u32 = 0xF_0000;

/// A text whose characters all have the same place.
pub(crate) fn text(text: impl Into<Text>, origin: Origin) -> Node {
    let text = text.into();
    let mut offsets = OffsetMap::from_start(origin.span.start);
    for (at, _) in text.literal().char_indices().skip(1) {
        offsets.push(at, origin.span.start);
    }
    scalar(text, offsets, origin)
}

pub(crate) fn scalar(text: Text, offsets: OffsetMap, origin: Origin) -> Node {
    Node {
        value: Value::String(Scalar { text, offsets }),
        origin,
    }
}

/// An unknown value, with the name of the missing fact.
pub(crate) fn hole(name: &str, origin: Origin) -> Node {
    scalar(
        Text::hole(name.to_owned(), HoleKind::Any),
        OffsetMap::from_start(origin.span.start),
        origin,
    )
}

/// The name of a value that is one hole and nothing else.
pub(crate) fn hole_name(node: &Node) -> Option<&str> {
    let text = node.as_text()?;
    match text.holes() {
        [(0, hole)] if text.literal().is_empty() => Some(&hole.name),
        _ => None,
    }
}

/// A truth value, also where it is written as a text.
pub(crate) fn truth(node: &Node) -> Option<bool> {
    let text = node.scalar_text()?;
    match text.known()? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Whether any text in a tree has a hole.
pub(crate) fn has_hole(node: &Node) -> bool {
    match &node.value {
        Value::String(scalar) => !scalar.text.is_known(),
        Value::List(items) => items.iter().any(has_hole),
        Value::Map(members) => members
            .iter()
            .any(|(key, value)| has_hole(key) || has_hole(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// How many bytes of text count as one node.
const BYTES_OF_NODE: usize = 64;

/// How many nodes a tree has; long texts and holes count as several.
pub(crate) fn size(node: &Node) -> usize {
    match &node.value {
        Value::String(scalar) => {
            1 + scalar.text.literal().len() / BYTES_OF_NODE + scalar.text.holes().len()
        }
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(members) => {
            1 + members
                .iter()
                .map(|(_, value)| 1 + size(value))
                .sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

/// A list or map as JSON; its holes stay holes. Nothing where a key is no text.
pub(crate) fn json_text(node: &Node) -> Option<Text> {
    matches!(node.value, Value::List(_) | Value::Map(_)).then_some(())?;
    json_of(node)
}

/// A value as JSON; its holes stay holes. Nothing where a key is no text.
pub(crate) fn json_of(node: &Node) -> Option<Text> {
    let mut made = TextBuilder::default();
    write_json(node, &mut made)?;
    Some(made.finish())
}

fn write_json(node: &Node, made: &mut TextBuilder) -> Option<()> {
    match &node.value {
        Value::Null => made.push_str("null"),
        Value::Bool(value) => made.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => made.push_str(number),
        Value::String(scalar) => quoted(&scalar.text, made),
        Value::List(items) => {
            made.push_str("[");
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    made.push_str(",");
                }
                write_json(item, made)?;
            }
            made.push_str("]");
        }
        Value::Map(members) => {
            made.push_str("{");
            for (at, (key, value)) in members.iter().enumerate() {
                if at > 0 {
                    made.push_str(",");
                }
                quoted(&key.scalar_text()?, made);
                made.push_str(":");
                write_json(value, made)?;
            }
            made.push_str("}");
        }
    }
    Some(())
}

fn quoted(text: &Text, made: &mut TextBuilder) {
    let literal = text.literal();
    let escaped = |part: &str| {
        let mut written = String::with_capacity(part.len());
        for character in part.chars() {
            match character {
                '"' | '\\' => written.extend(['\\', character]),
                '\n' => written.push_str("\\n"),
                '\r' => written.push_str("\\r"),
                '\t' => written.push_str("\\t"),
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    written.push_str(&format!("\\u{:04x}", u32::from(character)));
                }
                control if control < ' ' => {
                    written.push_str(&format!("\\u{:04x}", u32::from(control)));
                }
                other => written.push(other),
            }
        }
        written
    };
    made.push_str("\"");
    let mut start = 0;
    for (at, hole) in text.holes() {
        let at = *at as usize;
        made.push_str(&escaped(literal.get(start..at).unwrap_or("")));
        made.push(&Text::hole(hole.name.clone(), hole.kind));
        start = at;
    }
    made.push_str(&escaped(literal.get(start..).unwrap_or("")));
    made.push_str("\"");
}

/// Puts the places of a tree that was written somewhere on the values of a tree that is true.
///
/// Where both have the same shape each value gets the place of its partner, elsewhere that of the nearest one above.
pub(crate) fn graft(truth: &Node, place: &Node) -> Node {
    match (&truth.value, &place.value) {
        (Value::String(_), Value::Map(_) | Value::List(_)) => match embedded(truth) {
            // The same document, written in the source: it need not be taken apart again.
            Some(inner) if !has_hole(place) && same(&inner, place) => place.clone(),
            Some(inner) => graft(&inner, place),
            None => moved(truth, place.origin),
        },
        (Value::String(own), Value::String(other)) => {
            if own.text == other.text {
                return scalar(own.text.clone(), other.offsets.clone(), place.origin);
            }
            text(own.text.clone(), place.origin)
        }
        (Value::List(own), Value::List(other)) => {
            let items = own
                .iter()
                .enumerate()
                .map(|(at, item)| match other.get(at) {
                    Some(partner) => graft(item, partner),
                    None => moved(item, other.last().map_or(place.origin, |last| last.origin)),
                });
            Node {
                value: Value::List(items.collect()),
                origin: place.origin,
            }
        }
        (Value::Map(own), Value::Map(_)) => {
            let members = own.iter().map(|(key, value)| {
                let name = key.as_str().unwrap_or("");
                match place.entry(name) {
                    Some((place, partner)) => (graft(key, place), graft(value, partner)),
                    None => (moved(key, place.origin), moved(value, place.origin)),
                }
            });
            Node {
                value: Value::Map(members.collect()),
                origin: place.origin,
            }
        }
        _ => moved(truth, place.origin),
    }
}

/// A tree whose values all have the same place.
pub(crate) fn moved(node: &Node, origin: Origin) -> Node {
    let value = match &node.value {
        Value::String(scalar) => return text(scalar.text.clone(), origin),
        Value::List(items) => Value::List(items.iter().map(|item| moved(item, origin)).collect()),
        Value::Map(members) => Value::Map(
            members
                .iter()
                .map(|(key, value)| (moved(key, origin), moved(value, origin)))
                .collect(),
        ),
        other => other.clone(),
    };
    Node { value, origin }
}

/// The JSON that a text holds, its holes where they belong; nothing when it is none.
pub(crate) fn embedded(node: &Node) -> Option<Node> {
    let parse = |text: &str, offsets: &OffsetMap| {
        json::parse_embedded(node.origin.source, text, offsets)
            .ok()
            .map(|only| vec![only])
    };
    parsed(node, parse)?.pop()
}

/// The YAML documents that a text holds, its holes where they belong; nothing when it is none.
pub(crate) fn embedded_yaml(node: &Node) -> Option<Vec<Node>> {
    parsed(node, |text, offsets| {
        yaml::parse_embedded(node.origin.source, text, offsets).ok()
    })
}

/// The documents that a text holds.
fn parsed(node: &Node, parse: impl Fn(&str, &OffsetMap) -> Option<Vec<Node>>) -> Option<Vec<Node>> {
    let Value::String(scalar) = &node.value else {
        return None;
    };
    if let Some(known) = scalar.text.known() {
        return parse(known, &scalar.offsets);
    }
    // Each hole becomes one private character, so that it stays inside its string.
    let mut filled = String::new();
    let mut offsets = OffsetMap::default();
    let mut start = 0;
    let literal = scalar.text.literal();
    let place = |at: usize| scalar.offsets.outer(u32::try_from(at).unwrap_or(u32::MAX));
    let copy = |filled: &mut String, offsets: &mut OffsetMap, from: usize, to: usize| {
        for (at, character) in literal.get(from..to).unwrap_or("").char_indices() {
            offsets.push(filled.len(), place(from + at));
            filled.push(character);
        }
    };
    for (number, (at, _)) in scalar.text.holes().iter().enumerate() {
        let at = *at as usize;
        copy(&mut filled, &mut offsets, start, at);
        offsets.push(filled.len(), place(at));
        filled.push(char::from_u32(STAND_IN + u32::try_from(number).ok()?)?);
        start = at;
    }
    copy(&mut filled, &mut offsets, start, literal.len());
    let mut inner = parse(&filled, &offsets)?;
    for document in &mut inner {
        put_back(document, &scalar.text);
    }
    Some(inner)
}

/// Puts the holes of a text back in the place of their private characters.
fn put_back(node: &mut Node, holes: &Text) {
    match &mut node.value {
        Value::String(scalar) => {
            let whole = scalar.text.literal().to_owned();
            let mut text = Text::default();
            let mut known = String::new();
            for character in whole.chars() {
                let number = u32::from(character).checked_sub(STAND_IN);
                match number.and_then(|number| holes.holes().get(number as usize)) {
                    Some((_, hole)) => {
                        text = text
                            .then(&Text::from(std::mem::take(&mut known)))
                            .then(&Text::hole(hole.name.clone(), hole.kind));
                    }
                    None => known.push(character),
                }
            }
            scalar.text = text.then(&Text::from(known));
        }
        Value::List(items) => items.iter_mut().for_each(|item| put_back(item, holes)),
        Value::Map(members) => {
            for (key, value) in members {
                put_back(key, holes);
                put_back(value, holes);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether two documents are equal: one value is a list of one value, and the order of values does not matter.
pub(crate) fn same(left: &Node, right: &Node) -> bool {
    spelling(left) == spelling(right)
}

fn spelling(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("\"{value}\""),
        Value::Number(number) => format!("\"{number}\""),
        Value::String(scalar) => format!("{:?}", scalar.text.to_string()),
        Value::List(items) => {
            let mut items: Vec<_> = items.iter().map(spelling).collect();
            items.sort();
            match items.as_slice() {
                [only] if !only.starts_with('{') => only.clone(),
                _ => format!("[{}]", items.join(",")),
            }
        }
        Value::Map(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", spelling(key), spelling(value)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// The offset of each character of a decoded text in the raw text of a file.
///
/// The two differ by escapes and, in an indented heredoc, by white space at the beginning of lines.
pub(crate) fn align(offsets: &mut OffsetMap, inner: usize, decoded: &str, raw: &str, outer: usize) {
    let place = |at: usize| u32::try_from(outer + at).unwrap_or(u32::MAX);
    let mut at = 0;
    for (index, character) in decoded.char_indices() {
        loop {
            let rest = raw.get(at..).unwrap_or("");
            let is_marker = (character == '$' && rest.starts_with("$${"))
                || (character == '%' && rest.starts_with("%%{"));
            if is_marker {
                offsets.push(inner + index, place(at));
                at += 2;
                break;
            }
            if rest.starts_with(character) && (character != '\\' || !rest.starts_with("\\\\")) {
                offsets.push(inner + index, place(at));
                at += character.len_utf8();
                break;
            }
            if rest.starts_with('\\') {
                offsets.push(inner + index, place(at));
                at += match rest.chars().nth(1) {
                    Some('u') => 6,
                    Some('U') => 10,
                    _ => 2,
                };
                break;
            }
            if rest.starts_with([' ', '\t', '\r']) {
                at += 1;
                continue;
            }
            offsets.push(inner + index, place(at.min(raw.len())));
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::{SourceId, Span};

    fn at(start: usize, end: usize) -> Origin {
        Origin {
            source: SourceId(0),
            span: Span::new(start, end),
        }
    }

    #[test]
    fn escapes_and_indentation_keep_their_places() {
        let mut offsets = OffsetMap::from_start(10);
        align(&mut offsets, 0, "a\"${b}\nc", "a\\\"$${b}\\nc", 10);
        let outer: Vec<_> = (0..8).map(|inner| offsets.outer(inner)).collect();
        assert_eq!(outer, [10, 11, 13, 15, 16, 17, 18, 20]);
        let mut offsets = OffsetMap::from_start(0);
        align(&mut offsets, 0, "{\n  x\n}", "  {\n    x\n  }", 0);
        assert_eq!(offsets.outer(4), 8);
    }

    #[test]
    fn a_hole_inside_json_stays_in_its_string() {
        let written = Text::from("{\"a\": \"x-")
            .then(&Text::hole("h", HoleKind::Any))
            .then(&Text::from("*\"}"));
        let node = text(written, at(0, 5));
        let inner = embedded(&node).unwrap();
        assert_eq!(
            inner.get("a").unwrap().as_text().unwrap().to_string(),
            "x-<h>*"
        );
        let outside = Text::from("{\"a\": ")
            .then(&Text::hole("h", HoleKind::Any))
            .then(&Text::from("}"));
        assert!(embedded(&text(outside, at(0, 5))).is_none());
    }

    #[test]
    fn places_follow_shapes() {
        let truth = json::parse(SourceId(1), r#"{"a": ["x", "y"], "b": 1}"#).unwrap();
        let place = json::parse(SourceId(0), r#"{"b": 1, "a": ["x"]}"#).unwrap();
        let grafted = graft(&truth, &place);
        let items = grafted.get("a").unwrap().as_list().unwrap();
        assert_eq!(
            items[0].origin,
            place.get("a").unwrap().as_list().unwrap()[0].origin
        );
        assert_eq!(items[1].as_str(), Some("y"));
        assert_eq!(items[1].origin.source, SourceId(0));
    }
}
