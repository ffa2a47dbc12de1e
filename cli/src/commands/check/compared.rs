//! Lines of two states of a file: which line of one state is which of the other, by what they stand in.

use std::collections::{HashMap, HashSet};

/// A line: the line that it stands in, its text, and how many equal ones stand there before it.
type Place = (usize, String, usize);

/// The lines of a file in the base, and those of the file now.
pub(super) struct Compared {
    /// What exceptions of the base can be: the comment, and the line that it covers; of the whole file no line.
    before: HashSet<(String, Option<usize>)>,
    now: Vec<Line>,
}

struct Line {
    text: String,
    place: usize,
}

impl Compared {
    pub(super) fn new(before: &str, now: &str) -> Self {
        let mut places = HashMap::new();
        let old = lines(before, &mut places);
        let mut known = HashSet::new();
        for (at, line) in old.iter().enumerate() {
            let rest = old.get(at + 1..).unwrap_or_default();
            let next = rest.iter().find(|line| is_element(&line.text));
            let next = next.map(|line| line.place);
            known.extend([None, Some(line.place), next].map(|place| (line.text.clone(), place)));
        }
        let now = lines(now, &mut places);
        Self { before: known, now }
    }

    /// Whether the base has this exception for the same element; each of the base counts once.
    pub(super) fn take(&mut self, own: u32, covered: u32, is_whole: bool) -> bool {
        let line = |number: u32| self.now.get((number as usize).checked_sub(1)?);
        let Some(comment) = line(own) else {
            return false;
        };
        let place = if is_whole {
            None
        } else if covered > own {
            line(covered).map(|line| line.place)
        } else {
            Some(comment.place)
        };
        self.before.remove(&(comment.text.clone(), place))
    }
}

/// Whether a line is part of an element: it is no comment and not empty.
fn is_element(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(['#', '/'])
}

/// The lines of a text. A line stands in the nearest one before it with less indentation, and an object of Kubernetes in what its kind
/// and name say.
fn lines(text: &str, places: &mut HashMap<Place, usize>) -> Vec<Line> {
    let mut counts: HashMap<(usize, String), usize> = HashMap::new();
    let mut place = |above: usize, text: &str| {
        let count = counts.entry((above, text.to_owned())).or_default();
        let key = (above, text.to_owned(), *count);
        *count += 1;
        let next = places.len() + 1;
        *places.entry(key).or_insert(next)
    };
    let all: Vec<&str> = text.lines().collect();
    let mut made = Vec::new();
    for document in all.split_inclusive(|line| line.starts_with("---")) {
        let root = place(0, &identity(document));
        let mut above: Vec<(usize, usize)> = Vec::new();
        for line in document {
            let text = line.trim();
            let depth = depth(line);
            if is_element(text) {
                while above.last().is_some_and(|(other, _)| *other >= depth) {
                    above.pop();
                }
            }
            let place = place(above.last().map_or(root, |(_, place)| *place), text);
            if is_element(text) {
                above.push((depth, place));
            }
            let text = text.to_owned();
            made.push(Line { text, place });
        }
    }
    made
}

/// An item of a list stands in the key above it, also where both have one indentation.
fn depth(line: &str) -> usize {
    let rest = line.trim_start();
    2 * (line.len() - rest.len()) + usize::from(rest.starts_with('-'))
}

/// The kind and the name of an object.
fn identity(document: &[&str]) -> String {
    let first = |key: &str| {
        let mut own = document.iter().filter(|line| line.trim().starts_with(key));
        own.next().map_or("", |line| line.trim())
    };
    format!("{} {}", first("kind:"), first("name:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXCEPTION: &str = "# ok";

    /// Whether the exception of the base counts in another text; both have one.
    fn counts(before: &str, now: &str) -> bool {
        let mut compared = Compared::new(before, now);
        let own = now.lines().position(|line| line.contains(EXCEPTION));
        let own = u32::try_from(own.unwrap_or_default()).unwrap_or_default() + 1;
        let is_alone = now.lines().any(|line| line.trim().starts_with(EXCEPTION));
        compared.take(own, own + u32::from(is_alone), false)
    }

    #[test]
    fn an_exception_counts_for_the_element_that_the_base_excepts() {
        let base = "a:\n  # ok\n  - allow: 1\n    x: 1\n  - allow: 1\n    x: 2\nb:\n  - allow: 1\n";
        let rows = [
            (base, base, true),
            // Lines before it, or another content of the element.
            (base, "new: 1\na:\n  # ok\n  - allow: 1\n    x: 9\n", true),
            // More indentation.
            (base, "a:\n    # ok\n    - allow: 1\n", true),
            // Another element with the same line.
            (
                base,
                "a:\n  - allow: 1\n    x: 1\n  # ok\n  - allow: 1\n",
                false,
            ),
            (base, "b:\n  # ok\n  - allow: 1\n", false),
            // Another reason.
            (base, "a:\n  # ok now\n  - allow: 1\n", false),
            ("- x: 1 # ok\n- x: 1\n", "- x: 1 # ok\n", true),
            (
                "a:\n- x: 1 # ok\nb:\n- x: 1\n",
                "a:\nb:\n- x: 1 # ok\n",
                false,
            ),
            (
                "kind: A\nname: a\nv: 1 # ok\n---\nkind: A\nname: b\nv: 1\n",
                "kind: A\nname: b\nv: 1 # ok\n",
                false,
            ),
            (
                "kind: A\nname: a\nv: 1 # ok\n---\nkind: A\nname: b\n",
                "kind: A\nname: b\n---\nkind: A\nname: a\nv: 1 # ok\n",
                true,
            ),
        ];
        for (before, now, expected) in rows {
            assert_eq!(counts(before, now), expected, "{before}\n{now}");
        }
    }

    #[test]
    fn each_exception_of_the_base_counts_once() {
        let text = "# ok\nx: 1\n";
        let mut compared = Compared::new(text, text);
        assert!(compared.take(1, 2, false));
        assert!(!compared.take(1, 2, false));
    }
}
