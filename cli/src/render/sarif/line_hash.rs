//! `primaryLocationLineHash`: the fingerprint by which GitHub code scanning recognises a result after lines have moved.
//!
//! `github/codeql-action/upload-sarif` computes it where a result has none and warns where a result has another one, so it is
//! computed in the same way: a hash of the line and what follows it, without blanks, and a number among equal hashes.
//! If any of that text is hidden there is no hash: an attacker could guess a short value.

use crate::{issue::Issue, report::Report};
use policy_engine::source::{Shown, Span};
use std::collections::HashMap;

/// How many characters from the start of a line are hashed.
const LENGTH: usize = 100;
const FACTOR: u64 = 37;
/// Stands for the end of a file.
const END: u16 = u16::MAX;

/// The hashes of the lines of files, each file computed once.
#[derive(Default)]
pub(super) struct LineHashes {
    /// By number of the world and source.
    files: HashMap<(usize, u32), Vec<Option<String>>>,
}

impl LineHashes {
    /// The hash of the line of a finding; none where the text there is not shown.
    pub(super) fn of(&mut self, report: &Report, issue: &Issue) -> Option<String> {
        let origin = issue.primary.origin;
        let sources = report.sources.get(issue.world)?;
        let source = sources
            .get(origin.source)
            .filter(|_| sources.is_shown(origin.source))?;
        let line = sources.position(origin)?.line as usize;
        let key = (issue.world, origin.source.0);
        let lines = self
            .files
            .entry(key)
            .or_insert_with(|| hashes(&source.text));
        lines.get(line.checked_sub(1)?).cloned().flatten()
    }
}

/// The hash of each line of a text.
fn hashes(text: &Shown) -> Vec<Option<String>> {
    let units = units(text);
    let mut starts = vec![0];
    let ends = units.iter().enumerate();
    starts.extend(
        ends.filter(|(_, unit)| **unit == Some(u16::from(b'\n')))
            .map(|(at, _)| at + 1),
    );
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let numbered = starts.into_iter().map(|start| {
        let hash = hash(units.get(start..).unwrap_or_default())?;
        let count = seen.entry(hash).or_default();
        *count += 1;
        Some(format!("{hash:x}:{count}"))
    });
    numbered.collect()
}

/// The UTF-16 units of a text without blanks, with one kind of line end, and the end of the file; what is not shown has none.
fn units(text: &Shown) -> Vec<Option<u16>> {
    let [tab, space, feed, carriage] = [b'\t', b' ', b'\n', b'\r'].map(u16::from);
    let mut units = Vec::with_capacity(text.len());
    let mut after_carriage = false;
    for (at, character) in text.char_indices() {
        if text.is_blanked(Span::new(at, at + character.len_utf8())) {
            units.push(None);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]).iter().copied() {
            let is_skipped = unit == tab || unit == space || (after_carriage && unit == feed);
            after_carriage = unit == carriage;
            if !is_skipped {
                units.push(Some(if unit == carriage { feed } else { unit }));
            }
        }
    }
    units.push(Some(END));
    units
}

fn hash(units: &[Option<u16>]) -> Option<u64> {
    let padded = units.iter().copied().chain(std::iter::repeat(Some(0)));
    padded.take(LENGTH).try_fold(0, |hash: u64, unit| {
        Some(hash.wrapping_mul(FACTOR).wrapping_add(u64::from(unit?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let hashes = hashes(&Shown::whole(text));
        hashes.into_iter().flatten().collect()
    }

    #[test]
    fn a_line_near_what_is_not_shown_has_no_hash() {
        let text = format!("a\n{}\npass\nb\n", "x".repeat(120));
        let shown = Shown::only(&text, vec![Span::new(0, 123), Span::new(127, 130)]);
        let has: Vec<bool> = hashes(&shown).iter().map(Option::is_some).collect();
        assert_eq!(has, [true, true, false, true, true]);
    }

    /// Expected values of the tests of `github/codeql-action`.
    #[test]
    fn hashes_are_those_of_github() {
        assert_eq!(all(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            all(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        let mixed = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(all(text), mixed, "{text:?}");
        }
        let repeated = all(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(
            repeated[5..8],
            [
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1"
            ]
        );
        assert_eq!(repeated[10], "c129715d7a2bc9a3:1");
    }
}
