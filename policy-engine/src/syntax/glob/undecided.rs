//! Matching with unknown parts: holes in the text, holes in the pattern, variables without a known value.
//!
//! Both sides become lists of tokens. The result is `True` if a match exists for every filling, `False` if no
//! filling allows a match, and `Unknown` otherwise. Both questions are walks over a table of pattern × text.

use super::{Case, Match, Pattern, Piece, Resolve, Resolved};
use crate::{
    syntax::variable::Variable,
    text::{Hole, HoleKind, Part, Text},
    truth::Truth,
};

/// The largest table, in cells: a policy and a tag of the sizes that AWS allows fit many times. Beyond it the result is
/// `Unknown`, which is never wrong if a part is unknown.
const LARGEST: usize = 1 << 24;

/// One character, or a token for several characters.
#[derive(Clone, Debug)]
enum Token {
    Char(char),
    /// Any one character: `?`.
    AnyCharacter,
    /// Any characters: `*`.
    Star,
    /// The n-th character of a hole.
    Of(Hole, usize),
    /// The remaining characters of a hole, as many as there are.
    Rest(Hole),
    /// Characters of which no property is known.
    Unknown,
}

pub(super) fn matches(pattern: &Pattern, text: &Text, values: &impl Resolve, case: Case) -> Match {
    let Some(wanted) = pattern_tokens(pattern, values) else {
        return Match::UNRESOLVED;
    };
    // An unknown key may be absent, and then a variable without a default has no value.
    let valueless = |variable: &Variable| {
        variable.default.is_none() && matches!(values.resolve(variable), Resolved::Unknown)
    };
    let unresolved = Truth::from(pattern.variables().any(valueless)).and(Truth::Unknown);
    let mut wanted = fold(wanted, case);
    let mut actual = fold(text_tokens(text), case);
    let pairs = |tokens: &[Token]| tokens.iter().any(|token| unit_pair(token).is_some());
    let has_any_characters = wanted
        .iter()
        .any(|token| matches!(token, Token::AnyCharacter));
    if has_any_characters && pairs(&actual) && values.counts_units() {
        (wanted, actual) = (units(wanted), units(actual));
    }
    let truth = if (wanted.len() + 1).saturating_mul(actual.len() + 1) > LARGEST {
        Truth::Unknown
    } else if !reaches(&wanted, &actual, may_meet, may_absorb) {
        Truth::False
    } else if reaches(&wanted, &actual, must_meet, must_absorb) {
        Truth::True
    } else {
        Truth::Unknown
    };
    Match { truth, unresolved }
}

fn fold(tokens: Vec<Token>, case: Case) -> Vec<Token> {
    if case == Case::Sensitive {
        return tokens;
    }
    // Two ids may be different and yet the same but for case.
    let loose = |hole: Hole| Hole {
        kind: HoleKind::Some,
        ..hole
    };
    let mut folded = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token {
            Token::Char(character) => folded.extend(character.to_lowercase().map(Token::Char)),
            Token::Of(hole, at) => folded.push(Token::Of(loose(hole), at)),
            Token::Rest(hole) => folded.push(Token::Rest(loose(hole))),
            token => folded.push(token),
        }
    }
    folded
}

/// The two UTF-16 units of a character beyond the first plane.
fn unit_pair(token: &Token) -> Option<[char; 2]> {
    let Token::Char(character) = token else {
        return None;
    };
    let mut units = [0; 2];
    let pair = character.encode_utf16(&mut units);
    let [high, low] = pair else { return None };
    // Half a pair is no character; a character of a private plane, which itself becomes two units, represents it.
    let half = |unit: u16| char::from_u32(0xf_0000 + u32::from(unit));
    Some([half(*high)?, half(*low)?])
}

/// Tokens in UTF-16 units (U-8).
fn units(tokens: Vec<Token>) -> Vec<Token> {
    let split = |token: Token| match unit_pair(&token) {
        Some(pair) => pair.map(Token::Char).to_vec(),
        None => vec![token],
    };
    tokens.into_iter().flat_map(split).collect()
}

fn pattern_tokens(pattern: &Pattern, values: &impl Resolve) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    for (at, chunk) in pattern.chunks.iter().enumerate() {
        if at > 0 {
            tokens.push(Token::Star);
        }
        for piece in chunk {
            match piece {
                Piece::Literal(text) => tokens.extend(text.chars().map(Token::Char)),
                Piece::AnyCharacter => tokens.push(Token::AnyCharacter),
                Piece::Hole(hole) => push_hole(&mut tokens, hole),
                Piece::Variable(variable) => match (values.resolve(variable), &variable.default) {
                    (Resolved::Text(value), _) => match value.known() {
                        Some(known) if pattern.wildcards && values.expands(known) => {
                            tokens.extend(known.chars().map(wildcard));
                        }
                        _ => tokens.extend(text_tokens(value)),
                    },
                    (Resolved::Absent, Some(default)) => {
                        tokens.extend(default.chars().map(Token::Char));
                    }
                    (Resolved::Unknown, _) => tokens.push(Token::Unknown),
                    (Resolved::Absent | Resolved::Many, _) => return None,
                },
            }
        }
    }
    Some(tokens)
}

fn wildcard(character: char) -> Token {
    match character {
        '*' => Token::Star,
        '?' => Token::AnyCharacter,
        other => Token::Char(other),
    }
}

fn text_tokens(text: &Text) -> Vec<Token> {
    let mut tokens = Vec::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => tokens.extend(literal.chars().map(Token::Char)),
            Part::Hole(hole) => push_hole(&mut tokens, hole),
        }
    }
    tokens
}

fn push_hole(tokens: &mut Vec<Token>, hole: &Hole) {
    match hole.kind {
        HoleKind::SecretSuffix => tokens.extend((0..6).map(|at| Token::Of(hole.clone(), at))),
        HoleKind::KeyId | HoleKind::Some => {
            tokens.extend([Token::Of(hole.clone(), 0), Token::Rest(hole.clone())]);
        }
        HoleKind::Any => tokens.push(Token::Rest(hole.clone())),
    }
}

/// Whether two single characters can be equal.
fn may_meet(wanted: &Token, actual: &Token) -> bool {
    match (wanted, actual) {
        (Token::Char(left), Token::Char(right)) => left == right,
        (Token::Of(hole, _), Token::Char(character))
        | (Token::Char(character), Token::Of(hole, _)) => admits(hole.kind, *character),
        (Token::Of(left, at), Token::Of(right, other)) => {
            // Two ids that differ may share characters, but not all of them at the same places.
            at != other || !distinct(left, right).unwrap_or(false)
        }
        (Token::AnyCharacter, actual) | (actual, Token::AnyCharacter) => {
            matches!(actual, Token::Char(_) | Token::Of(..) | Token::AnyCharacter)
        }
        (Token::Star | Token::Rest(_) | Token::Unknown, _)
        | (_, Token::Star | Token::Rest(_) | Token::Unknown) => false,
    }
}

/// Whether a token for several characters can match a token of the other side.
fn may_absorb(many: &Token, token: &Token) -> bool {
    match (many, token) {
        (Token::Star | Token::Unknown, _) => true,
        (Token::Rest(hole), Token::Char(character)) => admits(hole.kind, *character),
        (Token::Rest(_), Token::Rest(_) | Token::Of(..)) => true,
        (Token::Rest(_), Token::AnyCharacter | Token::Star | Token::Unknown) => true,
        (Token::Char(_) | Token::AnyCharacter | Token::Of(..), _) => false,
    }
}

/// Whether two single characters are equal in every filling.
fn must_meet(wanted: &Token, actual: &Token) -> bool {
    match (wanted, actual) {
        (Token::Char(left), Token::Char(right)) => left == right,
        (Token::AnyCharacter, Token::Char(_) | Token::Of(..)) => true,
        (Token::Of(left, at), Token::Of(right, other)) => left == right && at == other,
        (Token::Rest(left), Token::Rest(right)) => left == right,
        _ => false,
    }
}

/// Whether a star of the pattern matches a part of the text in every filling.
fn must_absorb(many: &Token, _: &Token) -> bool {
    matches!(many, Token::Star)
}

/// Whether two holes that exclude each other are different; `None` if they are the same hole.
fn distinct(left: &Hole, right: &Hole) -> Option<bool> {
    if left == right {
        return None;
    }
    // Ids are given once: two unknown ids of one kind are different ids.
    Some(left.kind == right.kind && matches!(left.kind, HoleKind::SecretSuffix | HoleKind::KeyId))
}

fn admits(kind: HoleKind, character: char) -> bool {
    match kind {
        HoleKind::Any | HoleKind::Some => true,
        HoleKind::SecretSuffix => character.is_ascii_alphanumeric(),
        HoleKind::KeyId => character.is_ascii_alphanumeric() || character == '-',
    }
}

/// Whether a walk from the start of both lists to the end of both exists.
///
/// `meet` lets both sides advance by one; `absorb` lets a token for several characters match a token of the other side.
/// Such a token may also match no token, on either side unless `absorb` requires certainty.
fn reaches(
    wanted: &[Token],
    actual: &[Token],
    meet: fn(&Token, &Token) -> bool,
    absorb: fn(&Token, &Token) -> bool,
) -> bool {
    // No step goes back, so one row of the table is enough: the places of the text that this token of the pattern reaches.
    let mut row = vec![false; actual.len() + 1];
    let mut next = row.clone();
    if let Some(start) = row.first_mut() {
        *start = true;
    }
    let mark = |row: &mut [bool], at: usize| {
        if let Some(place) = row.get_mut(at) {
            *place = true;
        }
    };
    for left in 0..=wanted.len() {
        for right in 0..=actual.len() {
            if row.get(right) != Some(&true) {
                continue;
            }
            let pair = (wanted.get(left), actual.get(right));
            if let (Some(token), Some(other)) = pair
                && meet(token, other)
            {
                mark(&mut next, right + 1);
            }
            if let Some(many) = pair.0 {
                if may_end(many, absorb) {
                    mark(&mut next, right);
                }
                if pair.1.is_some_and(|token| absorb(many, token)) {
                    mark(&mut row, right + 1);
                }
            }
            if let Some(many) = pair.1.filter(|many| !matches!(many, Token::Star)) {
                if may_end(many, absorb) {
                    mark(&mut row, right + 1);
                }
                if pair.0.is_some_and(|token| absorb(many, token)) {
                    mark(&mut next, right);
                }
            }
        }
        if left < wanted.len() {
            std::mem::swap(&mut row, &mut next);
            next.fill(false);
        }
    }
    row.last() == Some(&true)
}

/// Whether a token for several characters can match no character.
fn may_end(many: &Token, absorb: fn(&Token, &Token) -> bool) -> bool {
    match many {
        Token::Star => true,
        // Only where possibility is asked: what the hole holds, if anything, is not known.
        Token::Rest(_) | Token::Unknown => absorb(many, &Token::AnyCharacter),
        Token::Char(_) | Token::AnyCharacter | Token::Of(..) => false,
    }
}
