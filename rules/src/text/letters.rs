//! The letters of names: most names are told apart by them alone, many times faster than by comparing them.

use std::borrow::Borrow;

/// How often each letter stands in a text; letters that share five bits count as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letters {
    counts: [u8; 32],
    /// Which of them stand in it at all, a bit each.
    present: u32,
    length: usize,
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Kept,
    /// As if it were in lower case.
    Folded,
}

impl Letters {
    pub(crate) fn of(text: &str, case: Case) -> Self {
        Self::count(text.chars(), case)
    }

    /// The letters of a pattern, which all stand in whatever it covers.
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

    /// Whether every letter stands as often in another text.
    pub(crate) fn are_in(&self, other: &Self) -> bool {
        if self.present & !other.present != 0 || self.length > other.length {
            return false;
        }
        let pairs = self.counts.iter().zip(&other.counts);
        let more = pairs.map(|(own, theirs)| own.saturating_sub(*theirs));
        more.fold(0, |all, more| all | more) == 0
    }

    /// No fewer changes make one text of the other: each adds at most one letter, and takes at most one away.
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

/// The nearest of some names that are at most so many changes away; of equally near ones the first in the alphabet.
///
/// A change is a letter more, less, or another, or two neighbours swapped. Each name comes with its letters.
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
        let found = (strsim::damerau_levenshtein(&fold(name), &folded), name);
        if found.0 <= most && best.is_none_or(|best| found < best) {
            best = Some(found);
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_never_tell_more_changes_than_there_are() {
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
        for one in names {
            for other in names {
                let real = strsim::damerau_levenshtein(one, other);
                let told = Letters::of(one, Case::Kept).distance(&Letters::of(other, Case::Kept));
                assert!(told <= real, "{one} {other}: {told} of {real}");
            }
        }
    }

    #[test]
    fn of_equally_near_names_the_first_one_is_taken() {
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
    fn the_letters_of_a_pattern_are_in_what_it_covers() {
        let letters = |text| Letters::of_pattern(text, Case::Folded);
        assert!(letters("Get*Val?e").are_in(&letters("getsecretvalue")));
        assert!(!letters("*x*").are_in(&letters("getsecretvalue")));
        assert!(!letters("*ss*").are_in(&letters("getsecretvalue")));
    }
}
