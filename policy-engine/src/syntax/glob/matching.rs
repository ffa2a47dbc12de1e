//! Matches text without holes; `undecided` handles unknown parts on either side.

use super::{Case, Match, NoVariables, Pattern, Piece, Resolve, Resolved, undecided};
use crate::text::Text;

impl Pattern {
    /// Matches a text.
    pub fn matches(&self, text: &Text, values: &impl Resolve, case: Case) -> Match {
        match text.known() {
            Some(known) => self.matches_part(known, values, case),
            None => undecided::matches(self, text, values, case),
        }
    }

    /// Matches a text without holes.
    pub fn matches_part(&self, text: &str, values: &impl Resolve, case: Case) -> Match {
        // The common shapes need no walk: plain text, and one variable alone.
        if case == Case::Sensitive && self.chunks.len() == 1 {
            match self.chunks.first().map(|chunk| &**chunk) {
                Some([Piece::Literal(literal)]) => return Match::is((**literal == *text).into()),
                Some([Piece::Variable(variable)]) if !self.wildcards => {
                    if let Resolved::Text(value) = values.resolve(variable)
                        && let Some(known) = value.known()
                    {
                        return Match::is((known == text).into());
                    }
                }
                _ => {}
            }
        }
        let slow =
            self.has_holes || (self.has_any_characters && has_pairs(text) && values.counts_units());
        if slow {
            return undecided::matches(self, &Text::from(text), values, case);
        }
        if !self.has_variables {
            return Match::is(self.matches_known(text, &NoVariables, case).into());
        }
        match self.resolution(values) {
            Resolution::Known => Match::is(self.matches_known(text, values, case).into()),
            Resolution::Unknown => undecided::matches(self, &Text::from(text), values, case),
            Resolution::Unresolved => Match::UNRESOLVED,
        }
    }

    /// Matches known text against a pattern without variables and holes.
    pub fn matches_str(&self, text: &str) -> bool {
        self.matches_known(text, &NoVariables, Case::Sensitive)
    }

    fn resolution(&self, values: &impl Resolve) -> Resolution {
        let each = self
            .variables()
            .map(|variable| match values.resolve(variable) {
                Resolved::Text(text)
                    if self.wildcards && text.known().is_some_and(|text| values.expands(text)) =>
                {
                    Resolution::Unknown
                }
                Resolved::Text(text) if text.is_known() => Resolution::Known,
                Resolved::Text(_) | Resolved::Unknown => Resolution::Unknown,
                Resolved::Absent if variable.default.is_some() => Resolution::Known,
                Resolved::Absent | Resolved::Many => Resolution::Unresolved,
            });
        each.max().unwrap_or(Resolution::Known)
    }

    fn matches_known(&self, text: &str, values: &impl Resolve, case: Case) -> bool {
        let Some((first, others)) = self.chunks.split_first() else {
            return false;
        };
        let Some(mut rest) = strip_start(first, text, values, case) else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return rest.is_empty();
        };
        for chunk in middle {
            let Some(after) = find(chunk, rest, values, case) else {
                return false;
            };
            rest = after;
        }
        strip_end(last, rest, values, case)
    }
}

/// Whether a text has characters that are two units in UTF-16.
fn has_pairs(text: &str) -> bool {
    text.bytes().any(|byte| byte >= 0xf0)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Resolution {
    Known,
    Unknown,
    Unresolved,
}

/// The known text of a piece; `None` for a wildcard.
fn known<'a>(piece: &'a Piece, values: &'a impl Resolve) -> Option<&'a str> {
    match piece {
        Piece::Literal(text) => Some(text),
        Piece::AnyCharacter | Piece::Hole(_) => None,
        Piece::Variable(variable) => match values.resolve(variable) {
            Resolved::Text(text) => text.known(),
            Resolved::Absent | Resolved::Many | Resolved::Unknown => variable.default.as_deref(),
        },
    }
}

/// The rest of a text behind a chunk at its start.
fn strip_start<'t>(
    chunk: &[Piece],
    text: &'t str,
    values: &impl Resolve,
    case: Case,
) -> Option<&'t str> {
    chunk
        .iter()
        .try_fold(text, |rest, piece| match known(piece, values) {
            Some(wanted) => strip(rest, wanted, case),
            None => {
                let mut characters = rest.chars();
                characters.next().map(|_| characters.as_str())
            }
        })
}

/// The rest of a text behind a prefix.
fn strip<'t>(text: &'t str, prefix: &str, case: Case) -> Option<&'t str> {
    if case == Case::Sensitive {
        return text.strip_prefix(prefix);
    }
    let mut rest = text.chars();
    let mut lower = prefix.chars().flat_map(char::to_lowercase);
    while let Some(wanted) = lower.next() {
        // One character may become several when it is lower-cased; they must all be met.
        for actual in rest.next()?.to_lowercase().enumerate() {
            let expected = if actual.0 == 0 {
                Some(wanted)
            } else {
                lower.next()
            };
            if expected != Some(actual.1) {
                return None;
            }
        }
    }
    Some(rest.as_str())
}

/// Whether a text ends with a chunk.
fn strip_end(chunk: &[Piece], text: &str, values: &impl Resolve, case: Case) -> bool {
    let mut rest = text;
    for piece in chunk.iter().rev() {
        let shorter = match known(piece, values) {
            Some(wanted) if case == Case::Sensitive => rest.strip_suffix(wanted),
            Some(wanted) => {
                let count = wanted.chars().count();
                let start = rest
                    .char_indices()
                    .rev()
                    .take(count)
                    .last()
                    .map_or(rest.len(), |(at, _)| at);
                let tail = rest.get(start..).unwrap_or("");
                strip(tail, wanted, case)
                    .filter(|left| left.is_empty())
                    .and_then(|_| rest.get(..start))
            }
            None => {
                let mut characters = rest.chars();
                characters.next_back().map(|_| characters.as_str())
            }
        };
        match shorter {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
    true
}

/// The rest of a text behind the first occurrence of a chunk.
fn find<'t>(chunk: &[Piece], text: &'t str, values: &impl Resolve, case: Case) -> Option<&'t str> {
    let mut rest = text;
    loop {
        if case == Case::Sensitive
            && let Some(wanted) = chunk.first().and_then(|piece| known(piece, values))
        {
            rest = rest.get(rest.find(wanted)?..)?;
        }
        if let Some(after) = strip_start(chunk, rest, values, case) {
            return Some(after);
        }
        let mut characters = rest.chars();
        characters.next()?;
        rest = characters.as_str();
    }
}
