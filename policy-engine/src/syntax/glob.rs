//! Patterns with `*`, `?` and policy variables, and how they match text that may have holes.
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
    /// `?` is in it.
    has_any_characters: bool,
    wildcards: bool,
}

/// A part of a pattern without stars.
#[derive(Clone, Debug)]
enum Piece {
    Literal(Box<str>),
    /// Exactly one character.
    AnyCharacter,
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
        self.chunks.len() > 1
            || self
                .pieces()
                .any(|piece| matches!(piece, Piece::AnyCharacter))
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
            Piece::Literal(_) | Piece::AnyCharacter | Piece::Hole(_) => None,
        })
    }

    /// The text with its variables filled in, wildcards as written, for people.
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
