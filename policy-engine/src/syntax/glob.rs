//! Patterns with `*`, `?` and policy variables, and how they match text that may have holes.
//!
//! A pattern is split at its stars once. Matching known text walks it once and allocates nothing; substituted values
//! are literal, so a `*` inside a tag is only a `*` (docs/semantics.md#variable-values). Text with holes takes the slower way of
//! `undecided`, which answers with three values.

mod build;
mod undecided;

use crate::{
    syntax::variable::{Variable, VariableError},
    text::{Hole, Text},
    truth::Truth,
};

/// A compiled pattern: the pieces between its stars.
#[derive(Clone, Debug)]
pub struct Pattern {
    // INVARIANT: never empty; one more than there are stars.
    chunks: Box<[Box<[Piece]>]>,
    has_variables: bool,
    has_holes: bool,
    /// `?` is in it.
    has_ones: bool,
    wildcards: bool,
}

/// A part of a pattern without stars.
#[derive(Clone, Debug)]
enum Piece {
    Literal(Box<str>),
    /// Exactly one character.
    One,
    Variable(Variable),
    Hole(Hole),
}

/// Which characters of a string are special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a variable or an escape.
    pub variables: bool,
}

/// What a variable stands for in a request.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// This text.
    Text(&'a Text),
    /// The key is absent, so that a default counts.
    Absent,
    /// The key holds many values: it cannot stand in a text.
    Many,
    /// Nobody knows.
    Unknown,
}

/// Gives variables their values.
pub trait Resolve {
    /// The value of a key.
    fn resolve(&self, variable: &Variable) -> Resolved<'_>;

    /// Whether `*` and `?` inside a value are wildcards (U-12); they are not unless somebody asks for that branch.
    fn expands(&self, _value: &str) -> bool {
        false
    }

    /// Whether `?` is one UTF-16 unit (U-8); it is one character unless somebody asks for that branch.
    fn counts_units(&self) -> bool {
        false
    }
}

/// Gives no variable a value.
pub struct NoVariables;

impl Resolve for NoVariables {
    fn resolve(&self, _: &Variable) -> Resolved<'_> {
        Resolved::Absent
    }
}

/// How text compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Letter by letter.
    Sensitive,
    /// After simple lower-casing of both.
    Ignored,
}

/// The outcome of matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Whether the text matches.
    pub truth: Truth,
    /// Whether a variable has neither value nor default, so that nothing matches (docs/semantics.md#unresolved-variables).
    pub unresolved: Truth,
}

impl Match {
    /// It matches.
    pub const YES: Self = Self::is(Truth::True);
    /// It does not match.
    pub const NO: Self = Self::is(Truth::False);
    /// A variable has neither value nor default.
    pub const UNRESOLVED: Self = Self {
        truth: Truth::False,
        unresolved: Truth::True,
    };

    /// Every variable has a value.
    pub const fn is(truth: Truth) -> Self {
        Self {
            truth,
            unresolved: Truth::False,
        }
    }

    /// Both must match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            truth: self.truth.and(other.truth),
            unresolved: self.unresolved.or(other.unresolved),
        }
    }

    /// One of them must match.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            truth: self.truth.or(other.truth),
            unresolved: self.unresolved.or(other.unresolved),
        }
    }
}

impl Pattern {
    /// Compiles a string; a malformed variable is kept as literal text and reported.
    pub fn new(text: &Text, syntax: Syntax) -> (Self, Vec<VariableError>) {
        build::pattern(text, syntax)
    }

    /// A pattern in which nothing is special.
    pub fn literal(text: &str) -> Self {
        Self::new(
            &Text::from(text),
            Syntax {
                wildcards: false,
                variables: false,
            },
        )
        .0
    }

    /// Whether it matches every text.
    pub fn is_star(&self) -> bool {
        self.chunks.len() > 1 && self.chunks.iter().all(|chunk| chunk.is_empty())
    }

    /// Whether any character in it is a wildcard.
    pub fn has_wildcards(&self) -> bool {
        self.chunks.len() > 1 || self.pieces().any(|piece| matches!(piece, Piece::One))
    }

    /// The text, when nothing in it is special or unknown.
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.chunks {
            [chunk] => match &**chunk {
                [] => Some(""),
                [Piece::Literal(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The known text that every match starts with.
    pub fn literal_prefix(&self) -> &str {
        match self.chunks.first().and_then(|chunk| chunk.first()) {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether there is a variable in it.
    pub fn has_variables(&self) -> bool {
        self.has_variables
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Literal(_) | Piece::One | Piece::Hole(_) => None,
        })
    }

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
        let slow = self.has_holes || (self.has_ones && has_pairs(text) && values.counts_units());
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

    /// The text with its variables filled in, wildcards as written, for people.
    pub fn fill(&self, values: &impl Resolve) -> String {
        let chunks = self.chunks.iter().map(|chunk| {
            chunk.iter().fold(String::new(), |mut filled, piece| {
                match piece {
                    Piece::Literal(text) => filled.push_str(text),
                    Piece::One => filled.push('?'),
                    Piece::Hole(hole) => filled.push_str(&format!("<{}>", hole.name)),
                    Piece::Variable(variable) => {
                        match (values.resolve(variable), &variable.default) {
                            (Resolved::Text(value), _) => filled.push_str(&value.to_string()),
                            (Resolved::Absent, Some(default)) => filled.push_str(default),
                            _ => filled.push_str(&format!("${{{}}}", variable.key)),
                        }
                    }
                }
                filled
            })
        });
        chunks.collect::<Vec<_>>().join("*")
    }

    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
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
            let Some(found) = find(chunk, rest, values, case) else {
                return false;
            };
            rest = found;
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
        Piece::One | Piece::Hole(_) => None,
        Piece::Variable(variable) => match values.resolve(variable) {
            Resolved::Text(text) => text.known(),
            Resolved::Absent | Resolved::Many | Resolved::Unknown => variable.default.as_deref(),
        },
    }
}

/// What is left of a text behind a chunk that stands at its start.
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

/// What is left of a text behind a prefix.
fn strip<'t>(text: &'t str, prefix: &str, case: Case) -> Option<&'t str> {
    if case == Case::Sensitive {
        return text.strip_prefix(prefix);
    }
    let mut rest = text.chars();
    let mut lower = prefix.chars().flat_map(char::to_lowercase);
    while let Some(wanted) = lower.next() {
        // One character may become several when it is lower-cased; they must all be met.
        for found in rest.next()?.to_lowercase().enumerate() {
            let expected = if found.0 == 0 {
                Some(wanted)
            } else {
                lower.next()
            };
            if expected != Some(found.1) {
                return None;
            }
        }
    }
    Some(rest.as_str())
}

/// Whether a chunk stands at the end of a text.
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

/// What is left of a text behind the first place where a chunk stands.
fn find<'t>(chunk: &[Piece], text: &'t str, values: &impl Resolve, case: Case) -> Option<&'t str> {
    let mut rest = text;
    loop {
        if case == Case::Sensitive
            && let Some(wanted) = chunk.first().and_then(|piece| known(piece, values))
        {
            rest = rest.get(rest.find(wanted)?..)?;
        }
        if let Some(found) = strip_start(chunk, rest, values, case) {
            return Some(found);
        }
        let mut characters = rest.chars();
        characters.next()?;
        rest = characters.as_str();
    }
}

#[cfg(test)]
mod tests;
