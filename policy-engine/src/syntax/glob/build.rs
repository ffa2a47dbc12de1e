//! Compiles a string into a pattern: separates wildcards, variables and escapes from plain text.

use super::{Pattern, Piece, Syntax};
use crate::{
    syntax::variable::{self, Expression, VariableError},
    text::{Hole, Part, Text},
};

/// The most malformed variables of a string that are reported.
const MOST_ERRORS: usize = 32;

impl Pattern {
    /// Compiles a string; a malformed variable is kept as literal text, and the first of them are reported.
    pub fn new(text: &Text, syntax: Syntax) -> (Self, Vec<VariableError>) {
        pattern(text, syntax)
    }
}

/// Compiles a string; a malformed variable is kept as literal text, and the first of them are reported.
fn pattern(text: &Text, syntax: Syntax) -> (Pattern, Vec<VariableError>) {
    let mut builder = Builder {
        chunks: Vec::new(),
        chunk: Vec::new(),
        literal: String::new(),
        errors: Vec::new(),
        syntax,
        inside: false,
    };
    let mut offset = 0;
    let mut behind_hole = false;
    let mut parts = text.parts().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Literal(literal) => {
                if behind_hole && syntax.variables && closes_variable(literal) {
                    builder.open_variable();
                }
                let known = builder.behind_variable(literal);
                let start = offset + literal.len() - known.len();
                builder.literal(known, start, parts.peek().is_some());
                offset += literal.len();
                behind_hole = false;
            }
            Part::Hole(hole) => {
                if !builder.inside {
                    builder.hole(hole);
                }
                behind_hole = true;
            }
        }
    }
    builder.finish()
}

struct Builder {
    /// The chunks before the last star.
    chunks: Vec<Box<[Piece]>>,
    /// The chunk behind it.
    chunk: Vec<Piece>,
    literal: String,
    errors: Vec<VariableError>,
    syntax: Syntax,
    /// The parser is inside a variable whose name contains a hole.
    inside: bool,
}

/// Whether a text closes a variable that it does not open.
fn closes_variable(text: &str) -> bool {
    let end = text.find('}');
    end.is_some_and(|end| text.find("${").is_none_or(|start| end < start))
}

impl Builder {
    /// A hole; behind a `$` it may contain a variable's name.
    fn hole(&mut self, hole: &Hole) {
        if self.syntax.variables && self.literal.ends_with('$') {
            self.literal.pop();
            self.piece(Piece::Hole(Hole::any("a variable")));
        } else {
            self.piece(Piece::Hole(hole.clone()));
        }
    }

    /// The previous hole may open a variable, whose name continues.
    fn open_variable(&mut self) {
        if let Some(piece @ Piece::Hole(_)) = self.chunk.last_mut() {
            *piece = Piece::Hole(Hole::any("a variable"));
            self.inside = true;
        }
    }

    /// The text behind the variable that a hole left open, if there is one.
    fn behind_variable<'t>(&mut self, text: &'t str) -> &'t str {
        if !self.inside {
            return text;
        }
        match text.split_once('}') {
            Some((_, rest)) => {
                self.inside = false;
                rest
            }
            None => "",
        }
    }

    fn literal(&mut self, text: &str, offset: usize, before_hole: bool) {
        let syntax = self.syntax;
        let mut at = 0;
        while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let mut length = character.len_utf8();
            match character {
                '*' if syntax.wildcards => self.star(),
                '?' if syntax.wildcards => self.piece(Piece::AnyCharacter),
                '$' if syntax.variables
                    && text.get(at..).is_some_and(|rest| rest.starts_with("${")) =>
                {
                    match variable::parse(text, at) {
                        Ok((Expression::Escape(escaped), taken)) => {
                            self.literal.push(escaped);
                            length = taken;
                        }
                        Ok((Expression::Variable(mut variable), taken)) => {
                            variable.span = shift(variable.span, offset);
                            self.piece(Piece::Variable(variable));
                            length = taken;
                        }
                        Err(_) if before_hole && !text.get(at..).unwrap_or("").contains('}') => {
                            // It is unknown which variable it is.
                            self.piece(Piece::Hole(Hole::any("a variable")));
                            self.inside = true;
                            return;
                        }
                        Err(mut error) => {
                            error.span = shift(error.span, offset);
                            if self.errors.len() < MOST_ERRORS {
                                self.errors.push(error);
                            }
                            self.literal.push(character);
                        }
                    }
                }
                _ => self.literal.push(character),
            }
            at += length;
        }
    }

    fn piece(&mut self, piece: Piece) {
        self.flush();
        self.chunk.push(piece);
    }

    fn star(&mut self) {
        self.flush();
        // Stars in a row are one star: an empty chunk between two others adds nothing.
        if self.chunks.is_empty() || !self.chunk.is_empty() {
            self.chunks.push(self.chunk.drain(..).collect());
        }
    }

    fn flush(&mut self) {
        if self.literal.is_empty() {
            return;
        }
        let literal = self.literal.as_str().into();
        self.literal.clear();
        self.chunk.push(Piece::Literal(literal));
    }

    fn finish(mut self) -> (Pattern, Vec<VariableError>) {
        self.flush();
        self.chunks.push(self.chunk.into());
        let chunks = self.chunks.into_boxed_slice();
        let any = |test: fn(&Piece) -> bool| chunks.iter().any(|chunk| chunk.iter().any(test));
        let has_variables = any(|piece| matches!(piece, Piece::Variable(_)));
        let has_holes = any(|piece| matches!(piece, Piece::Hole(_)));
        let has_any_characters = any(|piece| matches!(piece, Piece::AnyCharacter));
        (
            Pattern {
                chunks,
                has_variables,
                has_holes,
                has_any_characters,
                wildcards: self.syntax.wildcards,
            },
            self.errors,
        )
    }
}

fn shift(span: crate::source::Span, by: usize) -> crate::source::Span {
    crate::source::Span::new(span.start as usize + by, span.end as usize + by)
}
