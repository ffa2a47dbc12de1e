//! The name that is nearest to one that does not exist.

/// The nearest of some names that are at most so many changes away; of equally near ones the first in the alphabet.
///
/// A change is a letter more, less, or another, or two neighbours swapped. Most names are told apart by their letters alone, which is
/// many times faster than counting the changes.
pub(crate) fn nearest<'n>(
    wanted: &str,
    names: impl Iterator<Item = &'n str>,
    limit: usize,
    any_case: bool,
) -> Option<&'n str> {
    let fold = |text: &str| {
        if any_case {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }
    };
    let letters = Letters::of(wanted, any_case);
    let folded = fold(wanted);
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let most = best.map_or(limit, |(distance, _)| distance);
        if letters.distance(&Letters::of(name, any_case)) > most {
            continue;
        }
        let found = (strsim::damerau_levenshtein(&fold(name), &folded), name);
        if found.0 <= most && best.is_none_or(|best| found < best) {
            best = Some(found);
        }
    }
    best.map(|(_, name)| name)
}

/// How often each letter stands in a text; letters that share five bits count as one.
struct Letters {
    counts: [u8; 32],
}

impl Letters {
    fn of(text: &str, any_case: bool) -> Self {
        let mut counts = [0_u8; 32];
        for letter in text.chars() {
            let letter = if any_case {
                letter.to_ascii_lowercase()
            } else {
                letter
            };
            if let Some(count) = counts.get_mut(letter as usize % 32) {
                *count = count.saturating_add(1);
            }
        }
        Self { counts }
    }

    /// No fewer changes make one text of the other: each adds at most one letter, and takes at most one away.
    fn distance(&self, other: &Self) -> usize {
        let pairs = self.counts.iter().zip(&other.counts);
        let (more, fewer) = pairs.fold((0_usize, 0_usize), |(more, fewer), (own, theirs)| {
            (
                more + usize::from(own.saturating_sub(*theirs)),
                fewer + usize::from(theirs.saturating_sub(*own)),
            )
        });
        more.max(fewer)
    }
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
                let told = Letters::of(one, false).distance(&Letters::of(other, false));
                assert!(told <= real, "{one} {other}: {told} of {real}");
            }
        }
    }

    #[test]
    fn of_equally_near_names_the_first_one_is_taken() {
        let names = ["kmz", "kma", "kns", "other"];
        assert_eq!(nearest("kms", names.into_iter(), 2, false), Some("kma"));
        assert_eq!(nearest("KMS", names.into_iter(), 1, true), Some("kma"));
        assert_eq!(nearest("KMS", names.into_iter(), 1, false), None);
    }
}
