//! Patterns with `*`, `?` and policy variables, and how they match text that may contain holes.
//!
//! A pattern is split at its stars once. Matching known text walks it once and allocates nothing; substituted values
//! are literal, so a `*` inside a tag is only a `*` (docs/semantics.md#variable-values). Text with holes takes the slower way of
//! `undecided`, which answers with three values.

mod build;
mod matching;
mod undecided;

use crate::{
    syntax::variable::Variable,
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
    /// Whether `?` is in the pattern.
    has_any_characters: bool,
    wildcards: bool,
}

/// A part of a pattern without stars.
#[derive(Clone, Debug)]
enum Piece {
    Literal(Box<str>),
    /// Any one character: `?`.
    AnyCharacter,
    Variable(Variable),
    Hole(Hole),
}

/// The characters of a string that are special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a variable or an escape.
    pub variables: bool,
}

/// The value of a variable in a request.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// A text.
    Text(&'a Text),
    /// The key is absent, so that a default applies.
    Absent,
    /// The key has several values, which a text cannot contain.
    Many,
    /// The value is unknown.
    Unknown,
}

/// Returns the values of variables.
pub trait Resolve {
    /// The value of a key.
    fn resolve(&self, variable: &Variable) -> Resolved<'_>;

    /// Whether `*` and `?` inside a value are wildcards (U-12); by default they are not.
    fn expands(&self, _value: &str) -> bool {
        false
    }

    /// Whether `?` matches one UTF-16 unit (U-8); by default it matches one character.
    fn counts_units(&self) -> bool {
        false
    }
}

/// A request without values for variables.
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

/// The result of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Whether the text matches.
    pub truth: Truth,
    /// Whether a variable has neither value nor default, so that the pattern matches no text (docs/semantics.md#unresolved-variables).
    pub unresolved: Truth,
}

impl Match {
    /// The pattern matches.
    pub const YES: Self = Self::is(Truth::True);
    /// The pattern does not match.
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
    /// A pattern without special characters.
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

    /// Whether the pattern matches every text.
    pub fn is_star(&self) -> bool {
        self.chunks.len() > 1 && self.chunks.iter().all(|chunk| chunk.is_empty())
    }

    /// Whether any character in the pattern is a wildcard.
    pub fn has_wildcards(&self) -> bool {
        self.chunks.len() > 1
            || self
                .pieces()
                .any(|piece| matches!(piece, Piece::AnyCharacter))
    }

    /// The text, if no part of it is special or unknown.
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

    /// The known beginning of every matching text.
    pub fn literal_prefix(&self) -> &str {
        match self.chunks.first().and_then(|chunk| chunk.first()) {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether the pattern contains a variable.
    pub fn has_variables(&self) -> bool {
        self.has_variables
    }

    /// The variables in the pattern.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Literal(_) | Piece::AnyCharacter | Piece::Hole(_) => None,
        })
    }

    /// The text with the known variables filled in and the wildcards as written, for display.
    pub fn fill(&self, values: &impl Resolve) -> String {
        let chunks = self.chunks.iter().map(|chunk| {
            chunk.iter().fold(String::new(), |mut filled, piece| {
                match piece {
                    Piece::Literal(text) => filled.push_str(text),
                    Piece::AnyCharacter => filled.push('?'),
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
}

#[cfg(test)]
mod tests;
