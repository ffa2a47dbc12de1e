//! Comparison of two patterns with `*` and `?`.

/// Whether some text matches both patterns.
pub(crate) fn overlap(pattern: &str, other: &str) -> bool {
    let (pattern, other) = (pattern.as_bytes(), other.as_bytes());
    // Most patterns differ before their first wildcard, or after their last wildcard.
    let heads = pattern.iter().zip(other);
    let tails = pattern.iter().rev().zip(other.iter().rev());
    if differ(heads) || differ(tails) {
        return false;
    }
    meet(pattern, other)
}

/// Whether every text that matches the narrow pattern matches the wide one.
pub(crate) fn includes(wide: &str, narrow: &str) -> bool {
    covers(wide, narrow, |a, b| a == b)
}

/// The same, without regard to case.
pub(crate) fn includes_any_case(wide: &str, narrow: &str) -> bool {
    covers(wide, narrow, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether a text is a pattern.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether two texts differ before the first wildcard of either.
fn differ<'t>(pairs: impl Iterator<Item = (&'t u8, &'t u8)>) -> bool {
    let is_wild = |byte: &u8| matches!(byte, b'*' | b'?');
    let mut plain = pairs.take_while(|(a, b)| !is_wild(a) && !is_wild(b));
    plain.any(|(a, b)| a != b)
}

/// Matches the narrow pattern as a text in which `*` and `?` are letters: only a `*` of the wide pattern matches a `*`, and only its `?` or
/// `*` matches a `?`.
fn covers(wide: &str, narrow: &str, same: impl Fn(u8, u8) -> bool) -> bool {
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut at, mut seen) = (0, 0);
    // The position after the last `*`, and the end of what that `*` matches so far.
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

/// Compares both patterns, where a `*` of either matches any text.
fn meet(pattern: &[u8], other: &[u8]) -> bool {
    // The row holds, for each beginning of `other`, whether it overlaps the beginning of `pattern` read so far.
    let stars = other.iter().take_while(|byte| **byte == b'*').count();
    let mut row: Vec<bool> = (0..=other.len()).map(|at| at <= stars).collect();
    for own in pattern {
        // The cell to the upper left, which this row has overwritten.
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
        for (pattern, other) in [
            ("a*", "*b"),
            ("secret:*", "secret:db-??????"),
            ("*", ""),
            ("a?c", "abc"),
            ("**", "x*"),
            ("a*c*", "ab*d"),
        ] {
            assert!(overlap(pattern, other), "{pattern} {other}");
            assert!(overlap(other, pattern), "{other} {pattern}");
        }
        for (pattern, other) in [
            ("a*", "b*"),
            ("secret:*", "db"),
            ("?", ""),
            ("a?", "a"),
            ("*ab", "*b?"),
        ] {
            assert!(!overlap(pattern, other), "{pattern} {other}");
            assert!(!overlap(other, pattern), "{other} {pattern}");
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
