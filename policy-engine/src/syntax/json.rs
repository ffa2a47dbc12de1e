//! Parses strict JSON (RFC 8259) into a tree with a span on every key and value.
//!
//! nom parses the tokens; nesting is kept on a stack of its own, so that the depth of the input never becomes the
//! depth of our calls.

use crate::{
    source::{OffsetMap, Origin, SourceId, Span},
    syntax::node::{Node, Scalar, Value},
    text::Text,
};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take_while, take_while1},
    character::complete::{char, digit1, one_of},
    combinator::{opt, recognize},
    sequence::pair,
};

/// The deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 128;

/// Text that is not JSON: the error, its place, and the change to make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct JsonError {
    /// The error.
    pub message: String,
    /// The change to make.
    pub help: Option<String>,
    /// The place.
    pub origin: Origin,
}

/// Parses a whole file.
pub fn parse(source: SourceId, text: &str) -> Result<Node, JsonError> {
    parse_embedded(source, text, &OffsetMap::default())
}

/// Parses JSON inside a string of another document; spans point into the outer file.
pub fn parse_embedded(
    source: SourceId,
    text: &str,
    offsets: &OffsetMap,
) -> Result<Node, JsonError> {
    Reader {
        source,
        text,
        offsets,
        at: 0,
        open: Vec::new(),
    }
    .document()
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    offsets: &'a OffsetMap,
    at: usize,
    open: Vec<Frame>,
}

/// A list or map that is not closed yet.
struct Frame {
    start: usize,
    container: Container,
}

enum Container {
    List(Vec<Node>),
    Map {
        members: Vec<(Node, Node)>,
        key: Option<Node>,
    },
}

enum Token {
    Open(Container),
    Close(char),
    Scalar(Value),
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Node, JsonError> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        loop {
            let Some(node) = self.value()? else { continue };
            let Some(frame) = self.open.last_mut() else {
                self.skip_blank();
                return if self.at == self.text.len() {
                    Ok(node)
                } else {
                    Err(self.error(
                        self.at,
                        "text after the end of the document",
                        Some("one document is one value"),
                    ))
                };
            };
            match &mut frame.container {
                Container::List(items) => items.push(node),
                Container::Map { members, key } => {
                    if let Some(key) = key.take() {
                        members.push((key, node));
                    }
                }
            }
            self.separator()?;
        }
    }

    /// Parses up to the next complete value; `None` if a list or map with members begins.
    fn value(&mut self) -> Result<Option<Node>, JsonError> {
        self.key()?;
        self.skip_blank();
        let start = self.at;
        match self.token()? {
            Token::Scalar(value) => Ok(Some(Node {
                value,
                origin: self.origin(start, self.at),
            })),
            Token::Close(closer) => self.close(start, closer),
            Token::Open(container) => {
                if self.open.len() >= MAX_DEPTH {
                    let message = format!("nested deeper than {MAX_DEPTH} levels");
                    return Err(self.error(start, &message, Some("no policy needs this depth")));
                }
                self.open.push(Frame { start, container });
                Ok(None)
            }
        }
    }

    /// Parses the name of the next member if a map is open.
    fn key(&mut self) -> Result<(), JsonError> {
        self.skip_blank();
        let start = self.at;
        let Some(Frame {
            container: Container::Map { .. },
            ..
        }) = self.open.last()
        else {
            return Ok(());
        };
        if self.peek() == Some('}') {
            return Ok(());
        }
        if self.peek() != Some('"') {
            return Err(self.unexpected("a member name in double quotes"));
        }
        let scalar = self.string()?;
        let node = Node {
            value: Value::String(scalar),
            origin: self.origin(start, self.at),
        };
        self.skip_blank();
        if self.peek() != Some(':') {
            return Err(self.unexpected("`:` after the member name"));
        }
        self.at += 1;
        if let Some(Frame {
            container: Container::Map { key, .. },
            ..
        }) = self.open.last_mut()
        {
            *key = Some(node);
        }
        Ok(())
    }

    /// Parses the text behind a value inside a list or map; closes the lists and maps that end there.
    fn separator(&mut self) -> Result<(), JsonError> {
        self.skip_blank();
        let in_map = matches!(
            self.open.last(),
            Some(Frame {
                container: Container::Map { .. },
                ..
            })
        );
        match self.peek() {
            Some(',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_blank();
                if matches!(self.peek(), Some(']' | '}')) {
                    return Err(self.error(
                        comma,
                        "trailing commas are not allowed",
                        Some("remove the comma"),
                    ));
                }
                Ok(())
            }
            Some(']') if !in_map => Ok(()),
            Some('}') if in_map => Ok(()),
            _ => Err(self.unexpected(if in_map { "`,` or `}`" } else { "`,` or `]`" })),
        }
    }

    fn close(&mut self, start: usize, closer: char) -> Result<Option<Node>, JsonError> {
        let frame = self.open.pop();
        let value = match (frame, closer) {
            (
                Some(Frame {
                    start,
                    container: Container::List(items),
                }),
                ']',
            ) => Some((start, Value::List(items))),
            (
                Some(Frame {
                    start,
                    container: Container::Map { members, key: None },
                }),
                '}',
            ) => Some((start, Value::Map(members))),
            _ => None,
        };
        let Some((opened, value)) = value else {
            self.at = start;
            return Err(self.unexpected("a value"));
        };
        Ok(Some(Node {
            value,
            origin: self.origin(opened, self.at),
        }))
    }

    fn token(&mut self) -> Result<Token, JsonError> {
        let token = match self.peek() {
            Some('{') => Token::Open(Container::Map {
                members: Vec::new(),
                key: None,
            }),
            Some('[') => Token::Open(Container::List(Vec::new())),
            Some(closer @ ('}' | ']')) => Token::Close(closer),
            Some('"') => {
                return self
                    .string()
                    .map(|scalar| Token::Scalar(Value::String(scalar)));
            }
            _ => return self.word(),
        };
        self.at += 1;
        Ok(token)
    }

    fn word(&mut self) -> Result<Token, JsonError> {
        let rest = self.rest();
        let Ok((after, value)) = alt((keyword, number)).parse(rest) else {
            return Err(self.unexpected("a value"));
        };
        if after.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
            return Err(self.unexpected("a value"));
        }
        self.at += rest.len() - after.len();
        Ok(Token::Scalar(value))
    }

    fn string(&mut self) -> Result<Scalar, JsonError> {
        let opened = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut offsets = OffsetMap::from_start(self.offsets.outer(crate::source::to_u32(self.at)));
        loop {
            let rest = self.rest();
            let (after, plain) = plain_characters(rest).unwrap_or((rest, ""));
            self.push_plain(&mut text, &mut offsets, plain);
            self.at += plain.len();
            match after.chars().next() {
                Some('"') => {
                    self.at += 1;
                    return Ok(Scalar {
                        text: Text::from(text),
                        offsets,
                    });
                }
                Some('\\') => {
                    offsets.push(
                        text.len(),
                        self.offsets.outer(crate::source::to_u32(self.at)),
                    );
                    let Some((decoded, length)) = escape(after) else {
                        let help = "JSON has the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits";
                        return Err(self.error(self.at, "unknown escape in a string", Some(help)));
                    };
                    text.push(decoded);
                    self.at += length;
                    offsets.push(
                        text.len(),
                        self.offsets.outer(crate::source::to_u32(self.at)),
                    );
                }
                Some(_) => {
                    let help = "write it as an escape, for instance \\n";
                    return Err(self.error(
                        self.at,
                        "a control character inside a string",
                        Some(help),
                    ));
                }
                None => {
                    return Err(self.error(
                        opened,
                        "this string does not end",
                        Some("close it with `\"`"),
                    ));
                }
            }
        }
    }

    /// Appends plain characters, with the outer place of each.
    fn push_plain(&self, text: &mut String, offsets: &mut OffsetMap, plain: &str) {
        if self.offsets.is_linear() {
            offsets.push(
                text.len(),
                self.offsets.outer(crate::source::to_u32(self.at)),
            );
            text.push_str(plain);
            return;
        }
        for (offset, character) in plain.char_indices() {
            offsets.push(
                text.len(),
                self.offsets.outer(crate::source::to_u32(self.at + offset)),
            );
            text.push(character);
        }
    }

    fn skip_blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn origin(&self, start: usize, end: usize) -> Origin {
        Origin {
            source: self.source,
            span: self.offsets.span(Span::new(start, end)),
        }
    }

    fn unexpected(&self, wanted: &str) -> JsonError {
        let rest = self.rest();
        if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
            return self.error(
                self.at,
                "comments are not allowed in JSON",
                Some("remove the comment"),
            );
        }
        match self.peek() {
            None => self.error(
                self.at,
                &format!("the document ends here; expected {wanted}"),
                Some("is it cut off?"),
            ),
            Some('\'') => self.error(
                self.at,
                "single quotes are not allowed",
                Some("use double quotes"),
            ),
            Some(character) => {
                let character = character.escape_debug();
                self.error(
                    self.at,
                    &format!("found `{character}`, expected {wanted}"),
                    None,
                )
            }
        }
    }

    fn error(&self, at: usize, message: &str, help: Option<&str>) -> JsonError {
        let end = self
            .text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(at, |character| at + character.len_utf8());
        JsonError {
            message: message.to_owned(),
            help: help.map(str::to_owned),
            origin: self.origin(at, end),
        }
    }
}

fn keyword(input: &str) -> IResult<&str, Value> {
    alt((
        tag("true").map(|_| Value::Bool(true)),
        tag("false").map(|_| Value::Bool(false)),
        tag("null").map(|_| Value::Null),
    ))
    .parse(input)
}

fn number(input: &str) -> IResult<&str, Value> {
    let integer = alt((
        tag("0"),
        recognize(pair(
            one_of("123456789"),
            take_while(|c: char| c.is_ascii_digit()),
        )),
    ));
    let fraction = pair(char('.'), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    recognize((opt(char('-')), integer, opt(fraction), opt(exponent)))
        .map(|spelt: &str| Value::Number(spelt.to_owned()))
        .parse(input)
}

fn plain_characters(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c != '"' && c != '\\' && c >= ' ').parse(input)
}

/// The character of an escape and the number of its bytes.
fn escape(input: &str) -> Option<(char, usize)> {
    let simple = |decoded| Some((decoded, 2));
    match input.chars().nth(1)? {
        '"' => simple('"'),
        '\\' => simple('\\'),
        '/' => simple('/'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'u' => {
            let high = hexadecimal(input.get(2..6)?)?;
            if let Some(decoded) = char::from_u32(high) {
                return Some((decoded, 6));
            }
            // Two escapes of a surrogate pair make one character; half a pair has no meaning.
            let low = input
                .get(6..12)
                .filter(|low| low.starts_with("\\u"))
                .and_then(|low| hexadecimal(low.get(2..)?));
            let decoded = low
                .filter(|low| (0xdc00..0xe000).contains(low) && (0xd800..0xdc00).contains(&high))
                .and_then(|low| {
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
                });
            Some(decoded.map_or((char::REPLACEMENT_CHARACTER, 6), |decoded| (decoded, 12)))
        }
        _ => None,
    }
}

fn hexadecimal(digits: &str) -> Option<u32> {
    digits
        .chars()
        .all(|digit| digit.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, JsonError> {
        parse(SourceId(0), text)
    }

    #[test]
    fn keys_values_and_duplicates_keep_their_places() {
        let text = r#"{"a": [1, true, null], "a": "é\n\"x"}"#;
        let node = read(text).unwrap();
        let members = node.as_map().unwrap();
        assert_eq!(members.len(), 2);
        let last = node.get("a").unwrap();
        assert_eq!(last.as_str(), Some("é\n\"x"));
        let quote = last.inner(Span::new(3, 4)).span;
        assert_eq!(
            text.get(quote.start as usize..quote.start as usize + 2)
                .unwrap(),
            "\\\""
        );
        let x = last.inner(Span::new(4, 5)).span;
        assert_eq!(text.get(x.start as usize..x.end as usize).unwrap(), "x");
    }

    #[test]
    fn json_inside_a_string_points_into_the_outer_file() {
        let text = r#"{"Policy": "{\"Version\": \"2012\"}"}"#;
        let outer = read(text).unwrap();
        let Value::String(scalar) = &outer.get("Policy").unwrap().value else {
            panic!("a string")
        };
        let inner =
            parse_embedded(SourceId(0), scalar.text.known().unwrap(), &scalar.offsets).unwrap();
        let version = inner.get("Version").unwrap();
        assert_eq!(version.as_str(), Some("2012"));
        let span = version.inner(Span::new(0, 4)).span;
        assert_eq!(
            text.get(span.start as usize..span.end as usize).unwrap(),
            "2012"
        );
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, message, start) in [
            ("{\"a\": 1,}", "trailing commas are not allowed", 7),
            ("{} {}", "text after the end of the document", 3),
            (
                "{\"a\" 1}",
                "found `1`, expected `:` after the member name",
                5,
            ),
            ("[1 2]", "found `2`, expected `,` or `]`", 3),
            ("// x\n{}", "comments are not allowed in JSON", 0),
            ("{'a': 1}", "single quotes are not allowed", 1),
            ("{\"a\": \"x", "this string does not end", 6),
            ("{\"a\":", "the document ends here; expected a value", 5),
            ("[01]", "found `0`, expected a value", 1),
            ("", "the document ends here; expected a value", 0),
            ("]", "found `]`, expected a value", 0),
            ("{\"a\":}", "found `}`, expected a value", 5),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(
                (error.message.as_str(), error.origin.span.start),
                (message, start),
                "{text}"
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(10_000);
        assert!(read(&deep).unwrap_err().message.contains("nested deeper"));
        let allowed = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(read(&allowed).is_ok());
    }
}
