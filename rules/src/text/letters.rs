//! The letters of names. Counting letters rules out most names, and is many times faster than a comparison.

use std::borrow::Borrow;

/// How often each letter occurs in a text; letters with the same lower five bits count as the same letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letters {
    counts: [u8; 32],
    /// The letters that occur, a bit per letter.
    present: u32,
    length: usize,
}

/// The treatment of upper and lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Kept,
    /// ASCII letters are compared in lower case.
    Folded,
}

impl Letters {
    pub(crate) fn of(text: &str, case: Case) -> Self {
        Self::count(text.chars(), case)
    }

    /// The letters of a pattern; every text that the pattern matches contains all of them.
    pub(crate) fn of_pattern(text: &str, case: Case) -> Self {
        let plain = text.chars().filter(|letter| !matches!(letter, '*' | '?'));
        Self::count(plain, case)
    }

    fn count(letters: impl Iterator<Item = char>, case: Case) -> Self {
        let mut counts = [0_u8; 32];
        let (mut present, mut length) = (0, 0);
        for letter in letters {
            let letter = match case {
                Case::Kept => letter,
                Case::Folded => letter.to_ascii_lowercase(),
            };
            if let Some(count) = counts.get_mut(letter as usize % 32) {
                *count = count.saturating_add(1);
            }
            present |= 1 << (letter as u32 % 32);
            length += 1;
        }
        Self {
            counts,
            present,
            length,
        }
    }

    /// Whether another text contains every letter at least as often.
    pub(crate) fn are_in(&self, other: &Self) -> bool {
        if self.present & !other.present != 0 || self.length > other.length {
            return false;
        }
        let pairs = self.counts.iter().zip(&other.counts);
        let more = pairs.map(|(own, theirs)| own.saturating_sub(*theirs));
        more.fold(0, |all, more| all | more) == 0
    }

    /// A lower bound of the number of changes between two texts: each change adds at most one letter and removes at most one letter.
    pub(crate) fn distance(&self, other: &Self) -> usize {
        let pairs = || self.counts.iter().zip(&other.counts);
        let more = pairs().map(|(own, theirs)| u32::from(own.saturating_sub(*theirs)));
        let fewer = pairs().map(|(own, theirs)| u32::from(theirs.saturating_sub(*own)));
        more.sum::<u32>().max(fewer.sum()) as usize
    }
}

/// The nearest of some names.
pub(crate) fn nearest_of<'n>(
    wanted: &str,
    names: impl Iterator<Item = &'n str>,
    limit: usize,
    case: Case,
) -> Option<&'n str> {
    let names = names.map(|name| (name, Letters::of(name, case)));
    nearest(wanted, names, limit, case)
}

/// The nearest of some names, at most `limit` changes away; of equally near names the first in the alphabet.
///
/// A change adds, removes or replaces a letter, or swaps two neighbours. Each name comes with its letters.
pub(crate) fn nearest<'n>(
    wanted: &str,
    names: impl Iterator<Item = (&'n str, impl Borrow<Letters>)>,
    limit: usize,
    case: Case,
) -> Option<&'n str> {
    let fold = |text: &str| match case {
        Case::Kept => text.to_owned(),
        Case::Folded => text.to_ascii_lowercase(),
    };
    let own = Letters::of(wanted, case);
    let folded = fold(wanted);
    let mut best: Option<(usize, &str)> = None;
    for (name, letters) in names {
        let most = best.map_or(limit, |(distance, _)| distance);
        let letters = letters.borrow();
        let apart = own.length.abs_diff(letters.length) > most;
        if apart || own.distance(letters) > most {
            continue;
        }
        let candidate = (strsim::damerau_levenshtein(&fold(name), &folded), name);
        if candidate.0 <= most && best.is_none_or(|best| candidate < best) {
            best = Some(candidate);
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_give_a_lower_bound_of_the_changes() {
        let names = [
            "",
            "a",
            "GetSecretValue",
            "GetSecretsValue",
            "getsecretvalue",
            "DescribeSecret",
            "TagResource",
            "UntagResource",
            "éa",
            "aé",
            "ab",
            "ba",
            "kms",
            "ksm",
            "12345",
            "aaaaaaaaaa",
        ];
        for name in names {
            for other in names {
                let changes = strsim::damerau_levenshtein(name, other);
                let own = Letters::of(name, Case::Kept);
                let bound = own.distance(&Letters::of(other, Case::Kept));
                assert!(bound <= changes, "{name} {other}: {bound} of {changes}");
            }
        }
    }

    #[test]
    fn of_equally_near_names_the_first_is_returned() {
        let names = ["kmz", "kma", "kns", "other"];
        assert_eq!(
            nearest_of("kms", names.into_iter(), 2, Case::Kept),
            Some("kma")
        );
        assert_eq!(
            nearest_of("KMS", names.into_iter(), 1, Case::Folded),
            Some("kma")
        );
        assert_eq!(nearest_of("KMS", names.into_iter(), 1, Case::Kept), None);
    }

    #[test]
    fn a_text_has_the_letters_of_a_pattern_that_matches_it() {
        let letters = |text| Letters::of_pattern(text, Case::Folded);
        assert!(letters("Get*Val?e").are_in(&letters("getsecretvalue")));
        assert!(!letters("*x*").are_in(&letters("getsecretvalue")));
        assert!(!letters("*ss*").are_in(&letters("getsecretvalue")));
    }
}
