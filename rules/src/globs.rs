//! Two patterns with `*` and `?` side by side.

/// Whether some text matches both patterns.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    // Most patterns differ before their first wildcard.
    let head = |pattern: &'static [char], text: &str| text.find(pattern).unwrap_or(text.len());
    let shared = head(&['*', '?'], one).min(head(&['*', '?'], other));
    if one.get(..shared) != other.get(..shared) {
        return false;
    }
    meet(
        one.as_bytes(),
        other.as_bytes(),
        |a, b| a == b || a == b'?' || b == b'?',
        true,
    )
}

/// Whether every text that matches the narrow pattern matches the wide one.
pub(crate) fn includes(wide: &str, narrow: &str) -> bool {
    meet(
        wide.as_bytes(),
        narrow.as_bytes(),
        |a, b| a == b || (a == b'?' && b != b'*'),
        false,
    )
}

/// Whether a text is a pattern.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Walks both patterns; `both` lets a star of the second one stand for anything as well.
fn meet(one: &[u8], other: &[u8], same: fn(u8, u8) -> bool, both: bool) -> bool {
    // Each row says which beginnings of `other` meet the beginning of `one` seen so far.
    let mut row = vec![false; other.len() + 1];
    let star = |letters: &[u8], at: usize| letters.get(at) == Some(&b'*');
    for (at, cell) in row.iter_mut().enumerate() {
        let empty = other.iter().take(at).all(|letter| *letter == b'*');
        *cell = at == 0 || (both && empty);
    }
    for own in one {
        let mut next = vec![false; other.len() + 1];
        for at in 0..=other.len() {
            let (up, left, corner) = (
                row.get(at).copied().unwrap_or(false),
                at.checked_sub(1)
                    .and_then(|at| next.get(at))
                    .copied()
                    .unwrap_or(false),
                at.checked_sub(1)
                    .and_then(|at| row.get(at))
                    .copied()
                    .unwrap_or(false),
            );
            let theirs = at.checked_sub(1);
            let is_star = theirs.is_some_and(|at| star(other, at));
            let meets = match (*own == b'*', is_star && both) {
                (true, true) => up || left || corner,
                (true, false) => up || left,
                (false, true) => up || left,
                (false, false) => {
                    let letter = theirs.and_then(|at| other.get(at));
                    corner && letter.is_some_and(|letter| same(*own, *letter))
                }
            };
            if let Some(cell) = next.get_mut(at) {
                *cell = meets;
            }
        }
        row = next;
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
        ] {
            assert!(overlap(one, other) && overlap(other, one), "{one} {other}");
        }
        for (one, other) in [("a*", "b*"), ("secret:*", "db"), ("?", ""), ("a?", "a")] {
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
        ] {
            assert!(includes(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("a?", "a*"),
            ("a*", "*"),
            ("ab*", "a*"),
            ("a", "b"),
            ("a??", "a?"),
        ] {
            assert!(!includes(wide, narrow), "{wide} {narrow}");
        }
    }
}
