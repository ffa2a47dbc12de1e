//! The places of the characters of a YAML scalar in the file.

use policy_engine::source::OffsetMap;
use saphyr_parser::ScalarStyle;

const STEP: usize = 128;

/// Turns the character counts of the parser into bytes.
pub(super) struct Places<'a> {
    text: &'a str,
    /// The byte of every 128th character; empty when all characters are one byte long.
    checkpoints: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STEP)
                .map(|(at, _)| at)
                .collect()
        };
        Self { text, checkpoints }
    }

    /// The byte at which a character begins.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.checkpoints.is_empty() {
            return index.min(self.text.len());
        }
        let Some(base) = self.checkpoints.get(index / STEP) else {
            return self.text.len();
        };
        let rest = self.text.get(*base..).unwrap_or("");
        rest.char_indices()
            .nth(index % STEP)
            .map_or(self.text.len(), |(at, _)| base + at)
    }

    /// The map from a scalar's text to the file, for a scalar that was parsed from these bytes.
    pub(super) fn align(
        &self,
        text: &str,
        style: ScalarStyle,
        start: usize,
        end: usize,
    ) -> OffsetMap {
        let raw = self.text.get(start..end).unwrap_or("");
        match style {
            ScalarStyle::Literal => self.literal(text, start),
            ScalarStyle::Plain if raw == text => OffsetMap::from_start(offset(start)),
            ScalarStyle::Plain | ScalarStyle::Folded => walk(text, raw, start, style),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
                if inside == text {
                    return OffsetMap::from_start(offset(start + 1));
                }
                walk(text, inside, start + 1, style)
            }
        }
    }

    /// A literal block keeps its lines without the indentation, which is the column of its first character.
    fn literal(&self, text: &str, start: usize) -> OffsetMap {
        let line_start = self
            .text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let indent = start - line_start;
        let content = text.trim_start_matches('\n');
        let blank = text.len() - content.len();
        let mut map = OffsetMap::from_start(offset(start));
        map.push(blank, offset(start));
        let mut inner = blank;
        let mut outer = start;
        for line in content.split_inclusive('\n') {
            map.push(inner, offset(outer));
            inner += line.len();
            let rest = self.text.get(outer..).unwrap_or("");
            let next = rest.find('\n').map_or(self.text.len(), |at| outer + at + 1);
            let following = self.text.get(next..).unwrap_or("");
            let spaces = following.len() - following.trim_start_matches(' ').len();
            outer = next + spaces.min(indent);
        }
        map
    }
}

/// Follows the text and its raw form side by side.
fn walk(text: &str, raw: &str, base: usize, style: ScalarStyle) -> OffsetMap {
    let mut map = OffsetMap::from_start(offset(base));
    let mut at = 0;
    for (inner, character) in text.char_indices() {
        at = skip(raw, at, character, style);
        map.push(inner, offset(base + at));
        at += length(raw, at, character, style);
    }
    map
}

/// The place in the raw form where a character of the text begins.
fn skip(raw: &str, mut at: usize, character: char, style: ScalarStyle) -> usize {
    loop {
        let rest = raw.get(at..).unwrap_or("");
        let continued = style == ScalarStyle::DoubleQuoted
            && (rest.starts_with("\\\n") || rest.starts_with("\\\r\n") || rest.starts_with("\\\r"));
        if continued {
            let behind = rest.trim_start_matches('\\').trim_start();
            at = raw.len() - behind.len();
            continue;
        }
        if character.is_whitespace() {
            return at;
        }
        return raw.len() - rest.trim_start().len();
    }
}

/// The number of bytes of the raw form for a character.
fn length(raw: &str, at: usize, character: char, style: ScalarStyle) -> usize {
    let rest = raw.get(at..).unwrap_or("");
    let Some(first) = rest.chars().next() else {
        return 0;
    };
    match (style, first) {
        (ScalarStyle::DoubleQuoted, '\\') => escape_length(rest),
        (ScalarStyle::SingleQuoted, '\'') => 2,
        _ if first == character => first.len_utf8(),
        // A folded line break: one blank, or one break a blank line, for all the blanks around it.
        _ if first.is_whitespace() => rest.len() - rest.trim_start().len(),
        _ => 0,
    }
}

fn escape_length(rest: &str) -> usize {
    let Some(kind) = rest.chars().nth(1) else {
        return 1;
    };
    1 + match kind {
        'x' => 3,
        'u' => 5,
        'U' => 9,
        _ => kind.len_utf8(),
    }
}

pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
