//! Two patterns with `*` and `?` side by side.

/// Whether some text matches both patterns.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // Most patterns differ before their first wildcard, or behind their last one.
    let heads = one.iter().zip(other);
    let tails = one.iter().rev().zip(other.iter().rev());
    if differ(heads) || differ(tails) {
        return false;
    }
    meet(one, other)
}

/// Whether every text that matches the narrow pattern matches the wide one.
pub(crate) fn includes(wide: &str, narrow: &str) -> bool {
    covers(wide, narrow, |a, b| a == b)
}

/// The same, letters compared without case.
pub(crate) fn includes_any_case(wide: &str, narrow: &str) -> bool {
    covers(wide, narrow, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether a text is a pattern.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether two pieces of text differ before either has a wildcard.
fn differ<'t>(pairs: impl Iterator<Item = (&'t u8, &'t u8)>) -> bool {
    let is_wild = |byte: &u8| matches!(byte, b'*' | b'?');
    let mut plain = pairs.take_while(|(a, b)| !is_wild(a) && !is_wild(b));
    plain.any(|(a, b)| a != b)
}

/// Matches the narrow pattern as if it were a text in which `*` and `?` are letters: only a star of the wide one takes a
/// star, and only its `?` or star takes a `?`.
fn covers(wide: &str, narrow: &str, same: impl Fn(u8, u8) -> bool) -> bool {
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut at, mut seen) = (0, 0);
    // Behind the last star, and what that star takes so far.
    let mut star: Option<(usize, usize)> = None;
    while let Some(theirs) = narrow.get(seen) {
        match wide.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, seen));
            }
            Some(own) if *theirs != b'*' && (*own == b'?' || same(*own, *theirs)) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((behind, taken)) = star.as_mut() else {
                    return false;
                };
                *taken += 1;
                (at, seen) = (*behind, *taken);
            }
        }
    }
    wide.get(at..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// Walks both patterns, a star of either of which may stand for anything.
fn meet(one: &[u8], other: &[u8]) -> bool {
    // Each row says which beginnings of `other` meet the beginning of `one` seen so far.
    let stars = other.iter().take_while(|byte| **byte == b'*').count();
    let mut row: Vec<bool> = (0..=other.len()).map(|at| at <= stars).collect();
    for own in one {
        // The cell to the upper left, which this row has written over.
        let mut corner = false;
        let mut left = false;
        let letters = std::iter::once(None).chain(other.iter().map(Some));
        for (cell, theirs) in row.iter_mut().zip(letters) {
            let up = *cell;
            let meets = match (*own == b'*', theirs) {
                (true, Some(b'*')) => up || left || corner,
                (true, _) | (false, Some(b'*')) => up || left,
                (false, Some(letter)) => {
                    corner && (own == letter || *own == b'?' || *letter == b'?')
                }
                (false, None) => false,
            };
            *cell = meets;
            (left, corner) = (meets, up);
        }
    }
    row.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_overlap_when_some_text_matches_both() {
        for (one, other) in [
            ("a*", "*b"),
            ("secret:*", "secret:db-??????"),
            ("*", ""),
            ("a?c", "abc"),
            ("**", "x*"),
            ("a*c*", "ab*d"),
        ] {
            assert!(overlap(one, other) && overlap(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("a*", "b*"),
            ("secret:*", "db"),
            ("?", ""),
            ("a?", "a"),
            ("*ab", "*b?"),
        ] {
            assert!(
                !overlap(one, other) && !overlap(other, one),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_wide_pattern_includes_narrower_ones() {
        for (wide, narrow) in [
            ("*", "a*b"),
            ("a*", "a?"),
            ("a*", "ab*"),
            ("kms:*", "kms:Decrypt"),
            ("a?*", "ab"),
            ("*e*e", "*e*exe"),
            ("a*b", "a*?b"),
        ] {
            assert!(includes(wide, narrow), "{wide} {narrow}");
            assert!(
                includes_any_case(&wide.to_uppercase(), narrow),
                "{wide} {narrow}"
            );
        }
        for (wide, narrow) in [
            ("a?", "a*"),
            ("a*", "*"),
            ("ab*", "a*"),
            ("a", "b"),
            ("a??", "a?"),
            ("a*b", "a*"),
            ("*ab*", "*a*b*"),
        ] {
            assert!(!includes(wide, narrow), "{wide} {narrow}");
        }
    }
}
