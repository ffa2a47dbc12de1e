//! Exceptions in sources: comments in YAML and Terraform, annotations of Kubernetes objects.

mod brackets;

use crate::config::Selector;
use loader::{EXCEPTION, Loaded};
use policy_engine::source::{Origin, Source, SourceId, Span, Spanned};
use std::collections::HashMap;

/// The lines in which a whole file can be excepted.
const FILE_LINES: usize = 10;

/// An exception beside the code.
#[derive(Clone, Debug)]
pub struct Inline {
    /// Which rules.
    pub codes: Vec<Selector>,
    /// The reason.
    pub reason: Option<String>,
    /// The last day of the exception, or the text that is not a day.
    pub until: Option<Result<jiff::civil::Date, String>>,
    /// The texts that its place lies in.
    pub world: usize,
    /// Its place.
    pub origin: Origin,
    /// The part of the source that it covers.
    pub covers: Origin,
    /// Whether it covers a whole file.
    pub whole_file: bool,
}

/// All exceptions in the sources of a world.
pub fn find(loaded: &Loaded, world: usize) -> Vec<Inline> {
    let mut exceptions = Vec::new();
    for (id, source) in loaded.sources.iter() {
        let ends = |extension: &str| source.name.ends_with(extension);
        let has_comments = ends(".yaml") || ends(".yml") || ends(".tf") || ends(".tofu");
        if has_comments && source.text.contains(EXCEPTION) {
            comments(id, source, world, &mut exceptions);
        }
    }
    exceptions.extend(loaded.annotations.iter().map(|annotation| {
        let (reason, until) = terms(&annotation.reason);
        Inline {
            codes: vec![Selector {
                text: annotation.code.clone(),
            }],
            reason,
            until,
            world,
            origin: annotation.code.origin,
            covers: annotation.object,
            whole_file: false,
        }
    }));
    exceptions
}

fn comments(id: SourceId, source: &Source, world: usize, exceptions: &mut Vec<Inline>) {
    let mut start = 0;
    let lines: Vec<(usize, &str)> = source
        .text
        .split_inclusive('\n')
        .map(|line| {
            let begin = start;
            start += line.len();
            (begin, line.trim_end_matches(['\n', '\r']))
        })
        .collect();
    let mut extensions = [".tf", ".tofu"].into_iter();
    let is_terraform = extensions.any(|extension| source.name.ends_with(extension));
    let depths = if is_terraform {
        brackets::of_terraform(&source.text)
    } else {
        brackets::of_yaml(&source.text)
    };
    let mut elements = Elements::new(&lines, &depths, is_terraform);
    for (number, (begin, line)) in lines.iter().enumerate() {
        let Some(mut exception) = comment(id, line, *begin, world) else {
            continue;
        };
        if exception.whole_file {
            if number < FILE_LINES {
                exception.covers = place(id, 0, source.text.len());
                exceptions.push(exception);
            }
            continue;
        }
        let (from, to) = elements.covered(number);
        exception.covers = place(id, from, to);
        exceptions.push(exception);
    }
}

fn place(source: SourceId, start: usize, end: usize) -> Origin {
    Origin {
        source,
        span: Span::new(start, end),
    }
}

/// The exception that a line's comment states.
fn comment(id: SourceId, line: &str, begin: usize, world: usize) -> Option<Inline> {
    let at = line.find(EXCEPTION)?;
    let before = line.get(..at)?.trim_end();
    let sign = ["#", "//"]
        .into_iter()
        .find(|sign| before.ends_with(sign))?;
    let rest = line.get(at + EXCEPTION.len()..)?;
    let (whole_file, rest) = match rest.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (codes, text) = rest.strip_prefix('[')?.split_once(']')?;
    let origin = place(id, begin + before.len() - sign.len(), begin + line.len());
    let codes = codes
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty());
    let (reason, until) = terms(text);
    Some(Inline {
        codes: codes
            .map(|code| Selector {
                text: Spanned::new(code.to_owned(), origin),
            })
            .collect(),
        reason,
        until,
        world,
        origin,
        covers: origin,
        whole_file,
    })
}

/// The reason, and the day behind `until` at its end.
fn terms(text: &str) -> (Option<String>, Option<Result<jiff::civil::Date, String>>) {
    let text = text.trim();
    let (reason, until) = match text.rsplit_once("until ") {
        Some((reason, day)) if reason.is_empty() || reason.ends_with([' ', ',', '(']) => {
            let day = day.trim().trim_end_matches(')');
            let date = day.parse().map_err(|_| day.to_owned());
            // `until the move is done` is part of a reason.
            match date {
                Err(day) if !day.starts_with(|first: char| first.is_ascii_digit()) => (text, None),
                date => (reason.trim_end_matches([' ', ',', '(']), Some(date)),
            }
        }
        _ => (text, None),
    };
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
    (reason.map(str::to_owned), until)
}

/// The elements of a text by their first lines; each is measured once, whatever the number of comments before it.
struct Elements<'l> {
    lines: &'l [(usize, &'l str)],
    is_terraform: bool,
    /// For each line the number of brackets that are open at its end.
    depths: &'l [usize],
    /// For each line the line in which the brackets of its element are closed.
    closing: Vec<Option<usize>>,
    /// For each line the next one that is neither empty nor a comment, itself included.
    next: Vec<Option<usize>>,
    /// Where the element that begins at a line ends.
    ends: HashMap<usize, usize>,
}

impl<'l> Elements<'l> {
    fn new(lines: &'l [(usize, &'l str)], depths: &'l [usize], is_terraform: bool) -> Self {
        let is_blank =
            |line: &str| line.trim().is_empty() || line.trim_start().starts_with(['#', '/']);
        let mut next = vec![None; lines.len()];
        let mut below = None;
        for (number, line) in lines.iter().enumerate().rev() {
            if !is_blank(line.1) {
                below = Some(number);
            }
            if let Some(place) = next.get_mut(number) {
                *place = below;
            }
        }
        Self {
            lines,
            is_terraform,
            depths,
            closing: closing(depths),
            next,
            ends: HashMap::new(),
        }
    }

    /// The range that a comment covers: its line, or, for a comment on a line of its own, the element below.
    fn covered(&mut self, number: usize) -> (usize, usize) {
        let Some(own) = self.lines.get(number) else {
            return (0, 0);
        };
        let alone = own.1.trim_start().starts_with(['#', '/']);
        let below = self.next.get(number + 1).copied().flatten();
        let Some(first) = below.filter(|_| alone) else {
            return (own.0, own.0 + own.1.len());
        };
        let start = self.lines.get(first).map_or(0, |line| line.0);
        let end = match self.ends.get(&first) {
            Some(end) => *end,
            None => {
                let end = self.end(first);
                self.ends.insert(first, end);
                end
            }
        };
        (start, end)
    }

    /// Where the element ends that begins at a line.
    fn end(&self, number: usize) -> usize {
        let last = self.closing.get(number).copied().flatten();
        let last = last.unwrap_or(number);
        let is_flow = open_before(self.depths, number) > 0;
        let last = if self.is_terraform || is_flow {
            last
        } else {
            last.max(indented(self.lines, number))
        };
        self.lines.get(last).map_or(0, |line| line.0 + line.1.len())
    }
}

/// The number of brackets that are open before a line.
fn open_before(depths: &[usize], number: usize) -> usize {
    let before = number.checked_sub(1).and_then(|before| depths.get(before));
    before.copied().unwrap_or(0)
}

/// For each line the first one from there on after which no more brackets are open than before the line.
fn closing(depths: &[usize]) -> Vec<Option<usize>> {
    let mut closing = vec![None; depths.len()];
    // The lines below, the nearest last; one above another has more open brackets.
    let mut below: Vec<(usize, usize)> = Vec::new();
    for (number, depth) in depths.iter().enumerate().rev() {
        while below.last().is_some_and(|(_, other)| other >= depth) {
            below.pop();
        }
        below.push((number, *depth));
        let before = open_before(depths, number);
        // The line before has as few open brackets as is asked for here.
        while below.last().is_some_and(|(_, other)| *other > before) {
            below.pop();
        }
        if let Some(place) = closing.get_mut(number) {
            *place = below.last().map(|(line, _)| *line);
        }
    }
    closing
}

/// The last line of the element of YAML that begins at a line, by indentation.
fn indented(lines: &[(usize, &str)], number: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(first) = lines.get(number) else {
        return number;
    };
    let depth = indent(first.1);
    let mut last = number;
    for (below, line) in lines.iter().enumerate().skip(number + 1) {
        if line.1.trim().is_empty() {
            continue;
        }
        if indent(line.1) <= depth {
            break;
        }
        last = below;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::{Shown, SourceMap};

    fn parsed(name: &str, text: &str) -> Vec<(Vec<String>, Option<String>, String)> {
        let mut sources = SourceMap::default();
        let id = sources.add(name, Shown::whole(text));
        let mut exceptions = Vec::new();
        comments(id, sources.get(id).unwrap(), 0, &mut exceptions);
        exceptions
            .into_iter()
            .map(|exception| {
                let codes = exception
                    .codes
                    .iter()
                    .map(|code| code.text.value.clone())
                    .collect();
                let covers = sources
                    .get(id)
                    .unwrap()
                    .slice(exception.covers.span)
                    .to_owned();
                (codes, exception.reason, covers)
            })
            .collect()
    }

    #[test]
    fn a_comment_covers_its_line_or_the_element_below() {
        let text = "a: 1  # ascp-policy: ignore[TAG101, KMS] why not\n# ascp-policy: ignore[TAG102]\nb:\n  c: 2\n\n  d: 3\ne: 4\n";
        assert_eq!(
            parsed("x.yaml", text),
            [
                (
                    vec!["TAG101".to_owned(), "KMS".to_owned()],
                    Some("why not".to_owned()),
                    text.lines().next().unwrap().to_owned()
                ),
                (
                    vec!["TAG102".to_owned()],
                    None,
                    "b:\n  c: 2\n\n  d: 3".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_block_of_terraform_ends_with_its_brace() {
        let text = "// ascp-policy: ignore[TAG101] r\nresource \"a\" \"b\" {\n  x = 1\n}\ny = 2\n";
        assert_eq!(
            parsed("x.tf", text)[0].2,
            "resource \"a\" \"b\" {\n  x = 1\n}"
        );
    }

    #[test]
    fn brackets_end_an_element_whatever_the_indentation() {
        for (name, text, covered) in [
            (
                "x.tf",
                "# ascp-policy: ignore[TAG101] r\na {\n  x = 1\n  }\n\n  b {\n    y = 2\n  }\n",
                "a {\n  x = 1\n  }",
            ),
            (
                "x.tf",
                "# ascp-policy: ignore[TAG101] r\na {\nx = {\n}\ny = [\n]\n}\nb {\n}\n",
                "a {\nx = {\n}\ny = [\n]\n}",
            ),
            (
                "x.tf",
                "a {\n # ascp-policy: ignore[TAG101] r\n x = 1\n  y = 2\n}\n",
                " x = 1",
            ),
            (
                "x.yaml",
                "a: {\n # ascp-policy: ignore[TAG101] r\n x: 1,\n  y: 2}\n",
                " x: 1,",
            ),
            (
                "x.yaml",
                "# ascp-policy: ignore[TAG101] r\na: {\n x: 1}\nb: 1\n",
                "a: {\n x: 1}",
            ),
            (
                "x.yaml",
                "# ascp-policy: ignore[TAG101] r\n- a: {\nx: 1 }\n  b: 1\n- c\n",
                "- a: {\nx: 1 }",
            ),
        ] {
            assert_eq!(parsed(name, text)[0].2, covered, "{text}");
        }
    }

    #[test]
    fn a_whole_file_is_excepted_at_its_beginning_only() {
        let text = "# ascp-policy: ignore-file[SPC] generated\na: 1\n";
        assert_eq!(parsed("x.yaml", text)[0].2, text);
        assert!(parsed("x.yaml", &("\n".repeat(20) + text)).is_empty());
    }

    #[test]
    fn a_day_may_follow_the_reason() {
        assert_eq!(terms("moves, until 2026-12-31").0.as_deref(), Some("moves"));
        assert_eq!(
            terms(" (until 2026-12-31)").1,
            Some(Ok(jiff::civil::date(2026, 12, 31)))
        );
        assert_eq!(
            terms("until we move"),
            (Some("until we move".to_owned()), None)
        );
        assert_eq!(
            terms("x until 2026-13-01").1,
            Some(Err("2026-13-01".to_owned()))
        );
    }
}
