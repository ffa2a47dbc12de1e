//! Two lines, a pattern and a text: matching agrees with a table over characters, and where there are holes a definite
//! answer holds for every filling.
//!
//! The control characters from U+0001 to U+0008 represent holes, two of each kind; the same character is the same hole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy_engine::{
    syntax::glob::{Case, Match, NoVariables, Pattern, Syntax},
    text::{HoleKind, Text},
    truth::Truth,
};
use std::hash::{DefaultHasher, Hash, Hasher};

const HOLES: [(char, &str, HoleKind); 8] = [
    ('\u{1}', "any", HoleKind::Any),
    ('\u{2}', "other", HoleKind::Any),
    ('\u{3}', "suffix", HoleKind::SecretSuffix),
    ('\u{4}', "other suffix", HoleKind::SecretSuffix),
    ('\u{5}', "key", HoleKind::KeyId),
    ('\u{6}', "other key", HoleKind::KeyId),
    ('\u{7}', "some", HoleKind::Some),
    ('\u{8}', "other some", HoleKind::Some),
];

const GLOB: Syntax = Syntax {
    wildcards: true,
    variables: false,
};
const PLAIN: Syntax = Syntax {
    wildcards: false,
    variables: false,
};

/// How many fillings a definite answer must agree with.
const FILLINGS: u64 = 16;

/// Longer texts only repeat what shorter ones show.
const LONGEST: usize = 120;

fuzz_target!(|input: &str| {
    let Some((pattern, text)) = input.split_once('\n') else {
        return;
    };
    if input.len() > LONGEST {
        return;
    }
    for (syntax, case) in [
        (GLOB, Case::Sensitive),
        (PLAIN, Case::Sensitive),
        (PLAIN, Case::Ignored),
    ] {
        check(pattern, text, syntax, case);
    }
    shape(pattern, text);
});

/// The answer, and that of the model for every filling.
fn check(pattern: &str, text: &str, syntax: Syntax, case: Case) {
    let (compiled, errors) = Pattern::new(&with_holes(pattern), syntax);
    assert_eq!(errors, []);
    let Match { truth, unresolved } = compiled.matches(&with_holes(text), &NoVariables, case);
    assert!(
        unresolved.is_false(),
        "a pattern without variables is always resolved"
    );
    let holes = |side: &str| side.contains(is_hole);
    if !holes(pattern) && !holes(text) {
        let expected = Truth::from(model(&tokens(pattern, syntax), text, case));
        assert_eq!(truth, expected, "{pattern:?} {text:?} {syntax:?} {case:?}");
        return;
    }
    if truth == Truth::Unknown {
        return;
    }
    for number in 0..FILLINGS {
        let filling = Filling::new(number, pattern, text);
        let wanted: Vec<_> = pattern
            .chars()
            .flat_map(|character| match filling.of(character) {
                Some(filled) => filled.chars().map(Token::Char).collect(),
                None => vec![token(character, syntax)],
            })
            .collect();
        let actual: String = text
            .chars()
            .flat_map(|character| match filling.of(character) {
                Some(filled) => filled.chars().collect(),
                None => vec![character],
            })
            .collect();
        let expected = Truth::from(model(&wanted, &actual, case));
        assert_eq!(
            truth, expected,
            "{pattern:?} {text:?} filled {filling:?}: {wanted:?} {actual:?} {syntax:?} {case:?}"
        );
    }
}

/// The properties of a pattern are true of its matches.
fn shape(pattern: &str, text: &str) {
    if pattern.contains(is_hole) || text.contains(is_hole) {
        return;
    }
    let (compiled, _) = Pattern::new(&Text::from(pattern), GLOB);
    let matches = compiled.matches_str(text);
    assert!(!matches || text.starts_with(compiled.literal_prefix()));
    assert!(matches || !compiled.is_star());
    assert_eq!(compiled.has_wildcards(), pattern.contains(['*', '?']));
    if let Some(literal) = compiled.as_literal() {
        assert_eq!(literal, pattern);
    }
    assert!(Pattern::literal(text).matches_str(text));
    assert_eq!(compiled.variables().count(), 0);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    AnyCharacter,
    Star,
}

fn token(character: char, syntax: Syntax) -> Token {
    match character {
        '*' if syntax.wildcards => Token::Star,
        '?' if syntax.wildcards => Token::AnyCharacter,
        other => Token::Char(other),
    }
}

fn tokens(pattern: &str, syntax: Syntax) -> Vec<Token> {
    pattern
        .chars()
        .map(|character| token(character, syntax))
        .collect()
}

/// A table of pattern × text, row by row; without wildcards the lower-cased texts are simply compared.
fn model(pattern: &[Token], text: &str, case: Case) -> bool {
    if case == Case::Ignored {
        let lower = pattern.iter().flat_map(|token| match token {
            Token::Char(character) => character.to_lowercase(),
            Token::AnyCharacter | Token::Star => unreachable!("only text is compared without case"),
        });
        return lower.eq(text.chars().flat_map(char::to_lowercase));
    }
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        next[0] = row[0] && *token == Token::Star;
        for (at, character) in text.iter().enumerate() {
            next[at + 1] = match token {
                Token::Star => row[at + 1] || next[at],
                Token::AnyCharacter => row[at],
                Token::Char(wanted) => row[at] && wanted == character,
            };
        }
        row = next;
    }
    row[text.len()]
}

fn is_hole(character: char) -> bool {
    HOLES.iter().any(|(hole, ..)| *hole == character)
}

fn with_holes(text: &str) -> Text {
    text.chars().fold(Text::default(), |whole, character| {
        let hole = HOLES.iter().find(|(hole, ..)| *hole == character);
        whole.then(&match hole {
            Some((_, name, kind)) => Text::hole(*name, *kind),
            None => Text::from(character.to_string()),
        })
    })
}

/// The filling of each hole; ids that must differ do.
#[derive(Debug)]
struct Filling([String; 8]);

impl Filling {
    fn new(number: u64, pattern: &str, text: &str) -> Self {
        let mut random = Random::new(number, pattern, text);
        // Characters of both sides are the ones that can decide a match.
        let near: Vec<char> = pattern
            .chars()
            .chain(text.chars())
            .filter(|character| !is_hole(*character))
            .collect();
        // The ids of keys are of one length.
        let key = 1 + random.below(5);
        let mut filled = HOLES.map(|(_, _, kind)| random.fill(kind, key, &near));
        for at in [0, 2, 4, 6] {
            let kind = HOLES[at].2;
            if random.below(3) == 0 {
                filled[at + 1] = random.shifted(&filled[at], kind, &near);
            }
            let is_id = matches!(kind, HoleKind::SecretSuffix | HoleKind::KeyId);
            while is_id && filled[at] == filled[at + 1] {
                filled[at + 1] = random.fill(kind, key, &near);
            }
        }
        Self(filled)
    }

    fn of(&self, character: char) -> Option<&str> {
        let at = HOLES.iter().position(|(hole, ..)| *hole == character)?;
        Some(&self.0[at])
    }
}

/// A row of numbers that follows from the input alone.
struct Random(u64);

impl Random {
    fn new(number: u64, pattern: &str, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (number, pattern, text).hash(&mut hasher);
        Self(hasher.finish() | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }

    fn fill(&mut self, kind: HoleKind, key: usize, near: &[char]) -> String {
        let length = match kind {
            HoleKind::Any => self.below(5),
            HoleKind::Some => 1 + self.below(4),
            HoleKind::SecretSuffix => 6,
            HoleKind::KeyId => key,
        };
        if self.below(4) == 0 {
            // A row of one character matches itself at every distance.
            return self.character(kind, near).to_string().repeat(length);
        }
        (0..length).map(|_| self.character(kind, near)).collect()
    }

    /// A text that matches another one a character later or earlier.
    fn shifted(&mut self, text: &str, kind: HoleKind, near: &[char]) -> String {
        let character = self.character(kind, near);
        let mut characters: Vec<char> = text.chars().collect();
        if characters.is_empty() {
            return String::new();
        }
        if self.below(2) == 0 {
            characters.rotate_left(1);
            characters.pop();
            characters.push(character);
        } else {
            characters.pop();
            characters.insert(0, character);
        }
        characters.into_iter().collect()
    }

    fn character(&mut self, kind: HoleKind, near: &[char]) -> char {
        const LETTERS: &[u8] = b"abAB0";
        let fits = |character: char| match kind {
            HoleKind::Any | HoleKind::Some => true,
            HoleKind::SecretSuffix => character.is_ascii_alphanumeric(),
            HoleKind::KeyId => character.is_ascii_alphanumeric() || character == '-',
        };
        if !near.is_empty() && self.below(2) == 0 {
            let neighbour = near[self.below(near.len())];
            if fits(neighbour) {
                return neighbour;
            }
        }
        char::from(LETTERS[self.below(LETTERS.len())])
    }
}
