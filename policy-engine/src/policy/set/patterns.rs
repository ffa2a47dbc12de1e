//! The text values of a condition: literals are sorted once, so that thousands of them cost one binary search.

use crate::syntax::glob::{Case, Pattern};

/// Below this number of literals, comparing each is as fast.
const FEW: usize = 8;

/// Patterns of which at least one must match.
#[derive(Clone, Debug)]
pub(crate) struct Patterns {
    /// The patterns with wildcards, variables or holes first.
    all: Box<[Pattern]>,
    open: usize,
    /// The literals, sorted, if there are many; in lower case if case does not matter.
    sorted: Box<[Box<str>]>,
    case: Case,
}

impl Patterns {
    pub(crate) fn new(patterns: impl Iterator<Item = Pattern>, case: Case) -> Self {
        let (literals, mut all): (Vec<_>, Vec<_>) =
            patterns.partition(|pattern| pattern.as_literal().is_some());
        let open = all.len();
        let mut sorted = Vec::new();
        if literals.len() > FEW {
            let texts = literals.iter().filter_map(Pattern::as_literal);
            sorted.extend(texts.map(|text| folded(text, case).collect::<String>().into()));
            sorted.sort_unstable();
        }
        all.extend(literals);
        Self {
            all: all.into(),
            open,
            sorted: sorted.into(),
            case,
        }
    }

    pub(crate) fn case(&self) -> Case {
        self.case
    }

    pub(crate) fn all(&self) -> &[Pattern] {
        &self.all
    }

    /// Whether a known text is one of the literals, and the patterns to match otherwise.
    pub(crate) fn find(&self, text: &str) -> (bool, &[Pattern]) {
        if self.sorted.is_empty() {
            return (false, &self.all);
        }
        let place = self
            .sorted
            .binary_search_by(|literal| literal.chars().cmp(folded(text, self.case)));
        let matches_literal = place.is_ok();
        (
            matches_literal,
            self.all.get(..self.open).unwrap_or_default(),
        )
    }
}

fn folded(text: &str, case: Case) -> impl Iterator<Item = char> {
    let (kept, lower) = match case {
        Case::Sensitive => (text, ""),
        Case::Ignored => ("", text),
    };
    kept.chars()
        .chain(lower.chars().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_literals_match_and_patterns_stay() {
        let texts = (0..100).map(|number| format!("Team-{number}"));
        let wild = Pattern::new(
            &crate::text::Text::from("team*"),
            crate::syntax::glob::Syntax {
                wildcards: true,
                variables: false,
            },
        );
        let patterns: Vec<_> = texts
            .map(|text| Pattern::literal(&text))
            .chain([wild.0])
            .collect();
        for (case, text, expected) in [
            (Case::Sensitive, "Team-42", true),
            (Case::Sensitive, "team-42", false),
            (Case::Ignored, "tEAM-42", true),
            (Case::Ignored, "Team-100", false),
        ] {
            let patterns = Patterns::new(patterns.iter().cloned(), case);
            let (matches_literal, rest) = patterns.find(text);
            assert_eq!(
                (matches_literal, rest.len()),
                (expected, 1),
                "{text} {case:?}"
            );
        }
    }
}
