//! `yamlencode`: a value as YAML, each scalar with its place; `yamldecode`: what Terraform makes of scalars.
//!
//! Terraform documentation, "yamlencode Function" and "yamldecode Function"; the forms are those of `terraform console` of Terraform 1.11.

use super::{budget::Budget, elements::last_of_each, numbers};
use crate::value::{hole, scalar};
use policy_engine::{
    source::{OffsetMap, Origin},
    syntax::node::{Node, Scalar, Value},
    text::{Part, Text, TextBuilder},
};

/// Terraform breaks longer lines at their spaces.
const MAX_LINE: usize = 80;

/// The text of a value; nothing where Terraform would write it in another form.
pub(super) fn encode(node: &Node, origin: Origin, budget: &Budget) -> Option<Node> {
    let mut made = Made {
        text: TextBuilder::default(),
        offsets: OffsetMap::from_start(origin.span.start),
        origin,
    };
    // Behind a number or a truth value Terraform ends the document.
    if matches!(node.value, Value::Null | Value::Bool(_) | Value::Number(_)) {
        return None;
    }
    made.value(node, 0, false)?;
    budget
        .affords_text(made.text.size())
        .then(|| scalar(made.text.finish(), made.offsets, origin))
}

/// A tree of YAML with the scalars of Terraform. Where a text may have no quotation marks and would be another value then, the
/// value is unknown.
pub(super) fn decoded(mut node: Node, raw: &str) -> Node {
    let origin = node.origin;
    let unknown = || hole("a value of yamldecode whose type is unknown", origin);
    match &mut node.value {
        Value::List(items) => {
            for item in items {
                *item = decoded(std::mem::replace(item, unknown()), raw);
            }
        }
        Value::Map(members) => {
            *members = last_of_each(std::mem::take(members));
            for (_, value) in members {
                *value = decoded(std::mem::replace(value, unknown()), raw);
            }
        }
        Value::Number(number) => match numbers::plain(number) {
            Some(plain) => *number = plain,
            None => return unknown(),
        },
        Value::String(scalar) => {
            let text = scalar.text.known();
            let is_ambiguous = |text: &str| is_typed(text) && has_plain(raw, text);
            if text.is_some_and(is_ambiguous) {
                return unknown();
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    node
}

/// Whether Terraform makes another value than a text of a scalar without quotation marks: a truth value of YAML 1.1, a number or a
/// time.
fn is_typed(text: &str) -> bool {
    const WORDS: [&str; 8] = ["y", "yes", "on", "true", "n", "no", "off", "false"];
    let mut characters = text.trim_start_matches(['-', '+', '.']).chars();
    let is_number = characters
        .next()
        .is_some_and(|first| first.is_ascii_digit())
        && characters.all(|other| other.is_ascii_alphanumeric() || "-+.:_ ".contains(other));
    is_number || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a scalar occurs without quotation marks.
fn has_plain(raw: &str, scalar: &str) -> bool {
    let mut places = raw.match_indices(scalar);
    places.any(|(at, _)| {
        !raw.get(..at)
            .is_some_and(|before| before.ends_with(['"', '\'']))
    })
}

struct Made {
    text: TextBuilder,
    offsets: OffsetMap,
    origin: Origin,
}

impl Made {
    /// Writes a value to the end of its last line; `begun` if its first line has its indentation already.
    fn value(&mut self, node: &Node, indent: usize, begun: bool) -> Option<()> {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 || !begun {
                        self.put(&" ".repeat(indent), item);
                    }
                    self.put("- ", item);
                    self.value(item, indent + 2, true)?;
                }
                Some(())
            }
            Value::Map(members) if !members.is_empty() => {
                let mut members: Vec<_> = members.iter().collect();
                let is_known = |key: &Node| key.scalar_text().is_some_and(|key| key.is_known());
                members.iter().all(|(key, _)| is_known(key)).then_some(())?;
                members.sort_by_key(|(key, _)| key.scalar_text().map(|key| key.to_string()));
                for (at, (key, value)) in members.into_iter().enumerate() {
                    if at > 0 || !begun {
                        self.put(&" ".repeat(indent), key);
                    }
                    self.quoted(&key.scalar_text()?, key)?;
                    self.put(":", key);
                    self.member(value, indent)?;
                }
                Some(())
            }
            _ => {
                self.plain(node, indent)?;
                self.put("\n", node);
                Some(())
            }
        }
    }

    fn member(&mut self, value: &Node, indent: usize) -> Option<()> {
        match &value.value {
            Value::List(items) if !items.is_empty() => {
                self.put("\n", value);
                self.value(value, indent, false)
            }
            Value::Map(members) if !members.is_empty() => {
                self.put("\n", value);
                self.value(value, indent + 2, false)
            }
            _ => {
                self.put(" ", value);
                self.value(value, indent + 2, true)
            }
        }
    }

    fn plain(&mut self, node: &Node, indent: usize) -> Option<()> {
        match &node.value {
            Value::Null => self.put("null", node),
            Value::Bool(value) => self.put(if *value { "true" } else { "false" }, node),
            Value::Number(number) => self.put(number, node),
            Value::List(_) => self.put("[]", node),
            Value::Map(_) => self.put("{}", node),
            Value::String(own) => match own.text.known() {
                Some(lines) if lines.contains('\n') => self.lines(lines, own, node, indent),
                _ => {
                    let is_long = own.text.literal().len() + indent > MAX_LINE;
                    let breaks = is_long && own.text.literal().contains(' ');
                    (!breaks).then_some(())?;
                    self.quoted(&own.text, node)?;
                }
            },
        }
        Some(())
    }

    /// A text of several lines, without its last line end.
    fn lines(&mut self, lines: &str, own: &Scalar, node: &Node, indent: usize) {
        self.put("|", node);
        if lines.starts_with([' ', '\n']) {
            self.put("2", node);
        }
        let body = match lines.strip_suffix('\n') {
            None => {
                self.put("-", node);
                lines
            }
            Some(body) => {
                if body.ends_with('\n') {
                    self.put("+", node);
                }
                body
            }
        };
        let mut start = 0;
        for line in body.split('\n') {
            self.put("\n", node);
            if !line.is_empty() {
                self.put(&" ".repeat(indent.max(2)), node);
            }
            self.literal(line, start, own, node);
            start += line.len() + 1;
        }
    }

    fn quoted(&mut self, text: &Text, node: &Node) -> Option<()> {
        self.put("\"", node);
        let mut at = 0;
        for part in text.parts() {
            match part {
                Part::Hole(hole) => self.text.push_hole(hole.clone()),
                Part::Literal(known) => {
                    for character in known.chars() {
                        let place = self.place(node, at);
                        match character {
                            '"' | '\\' => self.add(&format!("\\{character}"), place),
                            '\t' => self.add("\\t", place),
                            '\n' => self.add("\\n", place),
                            control if control.is_control() => return None,
                            other => self.add(other.encode_utf8(&mut [0; 4]), place),
                        }
                        at += character.len_utf8();
                    }
                }
            }
        }
        self.put("\"", node);
        Some(())
    }

    fn literal(&mut self, line: &str, start: usize, own: &Scalar, node: &Node) {
        for (at, character) in line.char_indices() {
            let inner = u32::try_from(start + at).unwrap_or(u32::MAX);
            let place = if node.origin.source == self.origin.source {
                own.offsets.outer(inner)
            } else {
                self.origin.span.start
            };
            self.add(character.encode_utf8(&mut [0; 4]), place);
        }
    }

    /// The place of a character of a scalar.
    fn place(&self, node: &Node, at: usize) -> u32 {
        match &node.value {
            Value::String(own) if node.origin.source == self.origin.source => {
                own.offsets.outer(u32::try_from(at).unwrap_or(u32::MAX))
            }
            _ => self.start(node),
        }
    }

    fn start(&self, node: &Node) -> u32 {
        if node.origin.source == self.origin.source {
            node.origin.span.start
        } else {
            self.origin.span.start
        }
    }

    fn put(&mut self, text: &str, node: &Node) {
        let place = self.start(node);
        self.add(text, place);
    }

    fn add(&mut self, text: &str, place: u32) {
        for (at, _) in text.char_indices() {
            self.offsets.push(self.text.literal_len() + at, place);
        }
        self.text.push_str(text);
    }
}
