//! Diagnostics for people: source excerpts of several files in one message, drawn by miette.

use super::{Style, disarm, line, lines};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents, ThemeCharacters,
    ThemeStyles,
};
use policy_engine::source::{Origin, Position, SourceId, SourceMap, Span};
use std::fmt::{self, Write as _};

/// A message with places, notes and advice.
#[derive(Clone, Debug)]
pub struct Message {
    /// The severity.
    pub severity: Severity,
    /// The title, one line.
    pub title: String,
    /// Places; the first is the place to change.
    pub labels: Vec<(Origin, String)>,
    /// Further facts.
    pub notes: Vec<String>,
    /// Advice.
    pub help: Option<String>,
}

/// Lines longer than this are cut around the place that matters.
const LONG_LINE: usize = 160;

impl Message {
    /// The message as text.
    pub fn render(&self, sources: &SourceMap, style: &Style) -> String {
        let mut groups: Vec<(SourceId, Vec<&(Origin, String)>)> = Vec::new();
        for label in self
            .labels
            .iter()
            .filter(|(origin, _)| sources.get(origin.source).is_some())
        {
            match groups
                .iter_mut()
                .find(|(source, _)| *source == label.0.source)
            {
                Some((_, labels)) => labels.push(label),
                None => groups.push((label.0.source, vec![label])),
            }
        }
        let mut text = String::new();
        if groups.is_empty() {
            text.push_str(&self.drawn(None, style));
        }
        for (number, (source, labels)) in groups.iter().enumerate() {
            if !sources.is_shown(*source) {
                if number == 0 {
                    text.push_str(&self.drawn(None, style));
                }
                for (origin, label) in labels {
                    text.push_str(&addressed(sources, *origin, label, style));
                }
                continue;
            }
            let drawn = self.drawn(excerpt(sources, *source, labels), style);
            if number == 0 {
                text.push_str(&drawn);
            } else {
                // The frame without the title, which is already printed.
                let frame = drawn
                    .lines()
                    .skip_while(|line| !line.contains(style.mark("╭─", ",-")));
                frame.for_each(|line| {
                    let _ = writeln!(text, "{line}");
                });
            }
        }
        for note in &self.notes {
            Self::remark(&mut text, "note", note, "36", style);
        }
        if let Some(help) = &self.help {
            let mut lines = lines(help);
            let first = lines.next().unwrap_or_default();
            Self::remark(&mut text, "help", &first, "36", style);
            for line in lines {
                let _ = writeln!(text, "        {line}");
            }
        }
        text
    }

    fn remark(text: &mut String, word: &str, remark: &str, color: &str, style: &Style) {
        let head = style.paint(color, &format!("{word}:"));
        let _ = writeln!(text, "  {head} {}", line(remark));
    }

    fn drawn(&self, excerpt: Option<Excerpt>, style: &Style) -> String {
        let labels = excerpt
            .as_ref()
            .map(|excerpt| excerpt.labels.clone())
            .unwrap_or_default();
        let drawing = Drawing {
            title: line(&self.title),
            severity: self.severity,
            excerpt,
            labels,
        };
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = handler(style).render_report(&mut text, &drawing);
        let trimmed = text.trim_matches('\n');
        format!("{trimmed}\n")
    }
}

/// A place in a text that must not be shown: the file and the address of the part.
fn addressed(sources: &SourceMap, origin: Origin, label: &str, style: &Style) -> String {
    let name = line(sources.name(origin.source));
    let at = sources.position(origin).map_or_else(String::new, |place| {
        format!(":{}:{}", place.line, place.column)
    });
    let address = sources.address(origin).map(line);
    let address = address.map_or_else(String::new, |address| format!("  {address}"));
    let label = Some(line(label)).filter(|label| !label.is_empty());
    let label = label.map_or_else(String::new, |label| format!(": {label}"));
    let arrow = style.mark("╭─", ",-");
    format!("   {arrow}[{name}{at}]{address}{label}\n")
}

fn handler(style: &Style) -> GraphicalReportHandler {
    let characters = if style.ascii {
        ThemeCharacters::ascii()
    } else {
        ThemeCharacters::unicode()
    };
    let styles = if style.color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(style.width)
        .with_context_lines(1)
        .without_cause_chain()
        .with_links(false)
}

/// The part of a message about one file.
#[derive(Debug)]
struct Drawing {
    title: String,
    severity: Severity,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

/// A source with its long lines cut; places are those in the file.
#[derive(Clone, Debug)]
struct Excerpt {
    name: String,
    text: String,
    labels: Vec<LabeledSpan>,
    /// Where each label's start lies in the file.
    positions: Vec<(usize, Position)>,
    first_line: usize,
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Drawing {}

impl Diagnostic for Drawing {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, before, after)?;
        let known = self
            .positions
            .iter()
            .find(|(start, _)| *start == span.offset() && before == 0 && after == 0);
        let (line, column) = match known {
            Some((_, position)) => (position.line as usize - 1, position.column as usize - 1),
            None => (contents.line() + self.first_line, contents.column()),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            line,
            column,
            contents.line_count(),
        )))
    }
}

/// The lines around some places of a source.
fn excerpt(sources: &SourceMap, id: SourceId, labels: &[&(Origin, String)]) -> Option<Excerpt> {
    let source = sources.get(id)?;
    let spans: Vec<_> = labels
        .iter()
        .map(|(origin, _)| shorten(&source.text, origin.span))
        .collect();
    let line_of = |at: u32| source.position(Span { start: at, end: at }).line;
    let first = spans.iter().map(|span| span.start).min()?;
    let last = spans.iter().map(|span| span.end).max()?;
    // A few lines around the places are enough, and of a long line a few characters; the rest of a large file is not scanned.
    let near = before(&source.text, first as usize);
    let lines = source.line_start(line_of(first).saturating_sub(3).max(1))? as usize;
    let start = match source.text.get(near..first as usize)?.find('\n') {
        _ if near <= lines => lines,
        Some(end) => near + end + 1,
        None => near,
    };
    let first_line = line_of(u32::try_from(start).ok()?);
    let after = source.line_start(line_of(last).saturating_add(3));
    let after = after.map_or(source.text.len(), |after| {
        (after as usize).saturating_sub(1)
    });
    let end = after.min(behind(&source.text, last as usize));
    let (text, moved) = crop(source.text.get(start..end)?, &spans, start);
    let marks =
        moved
            .iter()
            .zip(labels)
            .enumerate()
            .map(|(number, ((from, length), (_, label)))| {
                let label = Some(line(label)).filter(|label| !label.is_empty());
                if number == 0 {
                    LabeledSpan::new_primary_with_span(label, (*from, *length))
                } else {
                    LabeledSpan::new_with_span(label, (*from, *length))
                }
            });
    let positions = moved
        .iter()
        .zip(labels)
        .filter_map(|((from, _), (origin, _))| Some((*from, sources.position(*origin)?)));
    Some(Excerpt {
        name: line(&source.name),
        labels: marks.collect(),
        positions: positions.collect(),
        // A Windows line end is no news; a blank in its place keeps all offsets.
        text: disarm(&text.replace("\r\n", " \n")),
        first_line: first_line as usize - 1,
    })
}

/// The number of bytes around a place that are shown.
const AROUND: usize = 4096;

/// A place before another place, not far.
fn before(text: &str, at: usize) -> usize {
    let mut near = at.saturating_sub(AROUND);
    while !text.is_char_boundary(near) {
        near += 1;
    }
    near
}

/// A place behind another place, not far.
fn behind(text: &str, at: usize) -> usize {
    let mut near = at.saturating_add(AROUND).min(text.len());
    while !text.is_char_boundary(near) {
        near -= 1;
    }
    near
}

/// The first line of a place over many lines.
fn shorten(text: &str, span: Span) -> Span {
    let covered = text
        .get(span.start as usize..span.end as usize)
        .unwrap_or("");
    let line = covered.split('\n').next().unwrap_or("").trim_end();
    Span::new(span.start as usize, span.start as usize + line.len())
}

/// Cuts long lines around the places in them; returns where each place went.
fn crop(text: &str, spans: &[Span], start: usize) -> (String, Vec<(usize, usize)>) {
    let mut cropped = String::new();
    let mut moved = vec![(0, 0); spans.len()];
    let mut offset = start;
    for line in text.split_inclusive('\n') {
        let range = offset..offset + line.len();
        let inside: Vec<_> = spans
            .iter()
            .enumerate()
            .filter(|(_, span)| {
                range.contains(&(span.start as usize))
                    || (span.start as usize == range.end && range.end == start + text.len())
            })
            .collect();
        let (from, to) = window(
            line,
            inside
                .first()
                .map(|(_, span)| (span.start as usize - offset, span.end as usize - offset)),
        );
        let lead = if from > 0 { "…" } else { "" };
        let ends_line = line.ends_with('\n');
        for (number, span) in inside {
            let begin = (span.start as usize - offset).clamp(from, to);
            let end = (span.end as usize - offset).clamp(begin, to);
            if let Some(place) = moved.get_mut(number) {
                *place = (cropped.len() + lead.len() + begin - from, end - begin);
            }
        }
        cropped.push_str(lead);
        cropped.push_str(line.get(from..to).unwrap_or("").trim_end_matches('\n'));
        if to < line.trim_end_matches('\n').len() {
            cropped.push('…');
        }
        if ends_line {
            cropped.push('\n');
        }
        offset += line.len();
    }
    (cropped, moved)
}

/// The part of a line that is shown.
fn window(line: &str, place: Option<(usize, usize)>) -> (usize, usize) {
    if line.chars().nth(LONG_LINE).is_none() {
        return (0, line.len());
    }
    let (start, end) = place.unwrap_or((0, 0));
    let before: usize = line.get(..start).map_or(0, |text| {
        text.chars().rev().take(40).map(char::len_utf8).sum()
    });
    let shown = end.saturating_sub(start).min(LONG_LINE);
    let from = start - before.min(start);
    let budget = LONG_LINE.saturating_sub(40).max(shown);
    let after: usize = line.get(start..).map_or(0, |text| {
        text.chars().take(budget).map(char::len_utf8).sum()
    });
    (from, start + after)
}

/// A title alone, for trouble that has no place.
pub fn trouble(title: impl Into<String>) -> Message {
    Message {
        severity: Severity::Error,
        title: title.into(),
        labels: Vec::new(),
        notes: Vec::new(),
        help: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::Shown;

    fn style() -> Style {
        Style {
            color: false,
            ascii: false,
            width: 100,
            quiet: false,
            verbose: false,
        }
    }

    fn message(labels: Vec<(Origin, String)>) -> Message {
        Message {
            severity: Severity::Error,
            title: "it is wrong".into(),
            labels,
            notes: vec!["a fact".into()],
            help: Some("do this".into()),
        }
    }

    #[test]
    fn several_files_share_one_title() {
        let mut sources = SourceMap::default();
        let first = sources.add("a.json", Shown::whole("{\n  \"x\": 1\n}\n"));
        let second = sources.add("b.yaml", Shown::whole("x: 1\n"));
        let at = |source, start, end| Origin {
            source,
            span: Span::new(start, end),
        };
        let text = message(vec![
            (at(first, 9, 10), "here".into()),
            (at(second, 0, 1), "and here".into()),
        ])
        .render(&sources, &style());
        assert_eq!(text.matches("it is wrong").count(), 1, "{text}");
        assert!(
            text.contains("[a.json:2:8]") && text.contains("[b.yaml:1:1]"),
            "{text}"
        );
        assert!(
            text.contains("  note: a fact") && text.contains("  help: do this"),
            "{text}"
        );
    }

    #[test]
    fn a_long_line_is_cut_and_its_column_is_true() {
        let mut sources = SourceMap::default();
        let line = format!("{{\"p\": \"{}HERE{}\"}}", "a".repeat(500), "b".repeat(500));
        let source = sources.add("min.json", Shown::whole(line.clone()));
        let start = line.find("HERE").unwrap();
        let place = Origin {
            source,
            span: Span::new(start, start + 4),
        };
        let text = message(vec![(place, "this".into())]).render(&sources, &style());
        assert!(
            text.contains(&format!("[min.json:1:{}]", start + 1)),
            "{text}"
        );
        assert!(
            text.lines().all(|line| line.chars().count() < 250),
            "{text}"
        );
        assert!(text.contains("HERE"), "{text}");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let mut sources = SourceMap::default();
        let source = sources.add("x\u{1b}[2J.yaml", Shown::whole("k: \u{1b}]0;evil\u{7}\n"));
        let place = Origin {
            source,
            span: Span::new(0, 1),
        };
        let text = message(vec![(place, "\u{202e}label".into())]).render(&sources, &style());
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{7}') && !text.contains('\u{202e}'),
            "{text:?}"
        );
    }
}
