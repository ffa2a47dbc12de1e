//! The places of facts: sources, byte spans, and the mapping of embedded text back to its file.
//!
//! The caller reads the texts; this module opens no file.

mod serial;
mod shown;
mod span;

use std::fmt;

pub use shown::Shown;
pub(crate) use span::to_u32;
pub use span::{Origin, SourceId, Span, Spanned};

/// A place in lines and columns: both count from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
}

/// A place for display: `file:line`, and within a hidden text the address of the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The line, counted from one.
    pub line: u32,
    /// The part of a hidden text: the address of a resource in a plan.
    pub address: Option<&'a str>,
}

/// One file, or one piece of standard input.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name for display: a path relative to the working directory.
    pub name: String,
    /// The visible part of its text; empty if only its lines are known.
    pub text: Shown,
    /// Whether the text was kept; a snapshot keeps no text.
    has_text: bool,
    line_starts: Vec<u32>,
    /// The number of characters before each block of the text; empty if each byte is a character.
    characters: Vec<u32>,
    /// Names of its parts, for a hidden text.
    hidden: Option<Vec<(Span, String)>>,
}

/// All sources of one run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// Adds a source with its name.
    pub fn add(&mut self, name: impl Into<String>, text: Shown) -> SourceId {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| to_u32(at + 1));
        let mut line_starts: Vec<u32> = std::iter::once(0).chain(starts).collect();
        line_starts.shrink_to_fit();
        let characters = characters(&text);
        self.sources.push(Source {
            name: name.into(),
            text,
            has_text: true,
            line_starts,
            characters,
            hidden: None,
        });
        SourceId(to_u32(self.sources.len() - 1))
    }

    /// Hides a text: its places show the names of its parts instead.
    pub fn hide(&mut self, id: SourceId, parts: Vec<(Span, String)>) {
        if let Some(source) = self.sources.get_mut(id.0 as usize) {
            source.hidden = Some(parts);
        }
    }

    /// Whether the text around a place may be shown.
    pub fn is_shown(&self, id: SourceId) -> bool {
        self.get(id)
            .is_some_and(|source| source.hidden.is_none() && source.has_text)
    }

    /// The name of the smallest part of a hidden text that contains a place: the address of a resource in a plan.
    pub fn address(&self, origin: Origin) -> Option<&str> {
        let parts = self.get(origin.source)?.hidden.as_ref()?.iter();
        let holding = parts
            .filter(|(span, _)| span.start <= origin.span.start && origin.span.start < span.end);
        holding
            .min_by_key(|(span, _)| span.end.saturating_sub(span.start))
            .map(|(_, name)| name.as_str())
    }

    /// The source with a name.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The name of a source, or an empty text.
    pub fn name(&self, id: SourceId) -> &str {
        self.get(id).map_or("", |source| source.name.as_str())
    }

    /// Line and column of a place.
    pub fn position(&self, origin: Origin) -> Option<Position> {
        self.get(origin.source)
            .map(|source| source.position(origin.span))
    }

    /// File and line of a place, for display.
    pub fn place(&self, origin: Origin) -> Option<Place<'_>> {
        let source = self.get(origin.source)?;
        Some(Place {
            file: &source.name,
            line: source.position(origin.span).line,
            address: self.address(origin),
        })
    }

    /// The same sources without their texts: every place keeps its line.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        let outline = |source: &Source| Source {
            name: source.name.clone(),
            text: Shown::default(),
            has_text: false,
            line_starts: source.line_starts.clone(),
            characters: Vec::new(),
            hidden: source.hidden.clone(),
        };
        Self {
            sources: self.sources.iter().map(outline).collect(),
        }
    }

    /// All sources in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources
            .iter()
            .enumerate()
            .map(|(at, source)| (SourceId(to_u32(at)), source))
    }
}

impl Source {
    /// Line and column of a span.
    pub fn position(&self, span: Span) -> Position {
        let (line, column) = self.line_column(span.start);
        let (end_line, end_column) = self.line_column(span.end.max(span.start));
        Position {
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// The text of a span; empty when it lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Byte offset of the first character of a line, counted from one.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.line_starts.get(line.checked_sub(1)? as usize).copied()
    }

    fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let end = (offset as usize).min(self.text.len());
        let column = if !self.has_text {
            // Without the text a column counts bytes.
            offset.saturating_sub(start) as usize
        } else if self.text.is_char_boundary(end) {
            self.characters(end)
                .saturating_sub(self.characters(start as usize))
        } else {
            0
        };
        (to_u32(line), to_u32(column.saturating_add(1)))
    }

    /// The number of characters before a byte.
    fn characters(&self, at: usize) -> usize {
        let block = at / BLOCK;
        let Some(known) = self.characters.get(block) else {
            return at;
        };
        let rest = self.text.as_bytes().get(block * BLOCK..at).unwrap_or(&[]);
        *known as usize + rest.iter().filter(|byte| begins(**byte)).count()
    }
}

/// The number of bytes in a block: a file may be one long line.
const BLOCK: usize = 1024;

/// The number of characters before each block of a text, and before its end; empty for ASCII.
fn characters(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut before = 0;
    let counts = text.as_bytes().chunks(BLOCK).map(|block| {
        before += block.iter().filter(|byte| begins(**byte)).count();
        to_u32(before)
    });
    std::iter::once(0).chain(counts).collect()
}

/// Whether a byte is the first byte of a character.
fn begins(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => write!(f, "{}: {address}", self.file),
            None => write!(f, "{}:{}", self.file, self.line),
        }
    }
}

/// Maps byte offsets of a decoded text to byte offsets of the file it was written in.
///
/// The text of a YAML literal block lacks the indentation, the text of a JSON string lacks the escapes. The map lists the places
/// where the two offsets diverge; between two of them they advance together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    // INVARIANT: inner offsets ascend strictly.
    anchors: Vec<(u32, u32)>,
}

impl OffsetMap {
    /// A map in which the text starts at an offset of the file, and both advance together.
    pub fn from_start(outer: u32) -> Self {
        Self {
            anchors: vec![(0, outer)],
        }
    }

    /// Continues the file at another offset from an offset of the text on.
    pub fn push(&mut self, inner: usize, outer: u32) {
        let inner = to_u32(inner);
        match self.anchors.last_mut() {
            // Both run together from the last anchor on.
            Some((start, place)) if place.saturating_add(inner.saturating_sub(*start)) == outer => {
            }
            Some(last) if last.0 == inner => last.1 = outer,
            _ => self.anchors.push((inner, outer)),
        }
    }

    /// Whether text and file advance together from beginning to end.
    pub fn is_linear(&self) -> bool {
        self.anchors.len() <= 1
    }

    /// The offset in the file of an offset in the text.
    pub fn outer(&self, inner: u32) -> u32 {
        let at = self.anchors.partition_point(|(start, _)| *start <= inner);
        match at.checked_sub(1).and_then(|at| self.anchors.get(at)) {
            Some((start, outer)) => outer.saturating_add(inner - start),
            None => inner,
        }
    }

    /// The span in the file of a span in the text.
    pub fn span(&self, inner: Span) -> Span {
        let start = self.outer(inner.start);
        if inner.end <= inner.start {
            return Span { start, end: start };
        }
        // The last character decides the end: what follows may lie elsewhere, unless it lies just behind an escape.
        let plain = self.outer(inner.end - 1).saturating_add(1);
        let next = self
            .anchors
            .binary_search_by_key(&inner.end, |(start, _)| *start);
        let next = next
            .ok()
            .and_then(|at| self.anchors.get(at))
            .map_or(plain, |(_, outer)| *outer);
        let end = if (plain..plain.saturating_add(LONGEST_ESCAPE)).contains(&next) {
            next
        } else {
            plain
        };
        Span {
            start,
            end: end.max(start),
        }
    }
}

/// A pair of `\uXXXX` escapes, which make one character.
const LONGEST_ESCAPE: u32 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let mut map = SourceMap::default();
        let id = map.add("a", Shown::whole("é: x\nüü y"));
        let position = map
            .position(Origin {
                source: id,
                span: Span::new(11, 12),
            })
            .unwrap();
        assert_eq!((position.line, position.column), (2, 4));
    }

    #[test]
    fn a_hidden_text_shows_the_names_of_its_parts() {
        let mut map = SourceMap::default();
        let id = map.add("plan.json", Shown::whole("          "));
        let at = |start, end| Origin {
            source: id,
            span: Span::new(start, end),
        };
        assert!(map.is_shown(id) && map.address(at(1, 2)).is_none());
        let parts = vec![
            (Span::new(0, 9), "outer".to_owned()),
            (Span::new(2, 5), "inner".to_owned()),
        ];
        map.hide(id, parts);
        assert!(!map.is_shown(id));
        assert_eq!(map.address(at(3, 4)), Some("inner"));
        assert_eq!(map.address(at(5, 6)), Some("outer"));
        assert_eq!(map.address(at(9, 9)), None);
    }

    #[test]
    fn an_offset_map_follows_removed_indentation() {
        let mut map = OffsetMap::from_start(10);
        map.push(4, 20);
        assert_eq!(map.outer(3), 13);
        assert_eq!(map.outer(4), 20);
        assert_eq!(map.span(Span::new(2, 6)), Span::new(12, 22));
    }
}
