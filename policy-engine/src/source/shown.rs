//! Text for display: a part that is not known to be harmless is blanked when the text is made, so that no other part remains.

use super::span::{Span, to_u32};
use std::ops::Deref;

/// A text of which everything but some parts is replaced by asterisks; each byte keeps its place.
///
/// Excerpts are made from this type only. `cli/loader/src/shown.rs` makes all values of it, and decides which parts remain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    text: String,
    /// The blanked parts, in order.
    blanked: Vec<Span>,
}

impl Shown {
    /// Keeps some parts of a text; of the rest only line ends and the white space at the ends of a line's blanked part remain.
    pub fn only(text: &str, mut kept: Vec<Span>) -> Self {
        kept.sort_unstable();
        let mut shown = Self {
            text: String::with_capacity(text.len()),
            blanked: Vec::new(),
        };
        let mut at = 0;
        for span in kept {
            let start = (span.start as usize).max(at);
            let Some(part) = text.get(start..span.end as usize) else {
                continue;
            };
            shown.blank(text.get(at..start).unwrap_or(""));
            shown.text.push_str(part);
            at = span.end as usize;
        }
        shown.blank(text.get(at..).unwrap_or(""));
        shown
    }

    /// A text without blanked parts: a text of this program itself.
    pub fn whole(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            blanked: Vec::new(),
        }
    }

    /// Whether any part of a range was blanked.
    pub fn is_blanked(&self, span: Span) -> bool {
        let after = self.blanked.partition_point(|part| part.end <= span.start);
        self.blanked
            .get(after)
            .is_some_and(|part| part.start < span.end)
    }

    fn blank(&mut self, part: &str) {
        for line in part.split_inclusive('\n') {
            let hidden = line.trim();
            let lead = line.len() - line.trim_start().len();
            let (before, rest) = line.split_at(lead);
            let after = rest.get(hidden.len()..).unwrap_or("");
            self.text.push_str(before);
            if !hidden.is_empty() {
                let start = self.text.len();
                self.text.extend(std::iter::repeat_n('*', hidden.len()));
                self.blanked.push(Span {
                    start: to_u32(start),
                    end: to_u32(self.text.len()),
                });
            }
            self.text.push_str(after);
        }
    }
}

impl Deref for Shown {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_blanked_and_every_place_stays() {
        let text = "key: pass wörd\n  next: x # no\n";
        let shown = Shown::only(
            text,
            vec![Span::new(18, 23), Span::new(0, 4), Span::new(1, 3)],
        );
        assert_eq!(&*shown, "key: **********\n  next: ******\n");
        assert_eq!(shown.len(), text.len());
        assert!(shown.is_blanked(Span::new(4, 6)) && shown.is_blanked(Span::new(0, 40)));
        assert!(!shown.is_blanked(Span::new(0, 5)) && !shown.is_blanked(Span::new(17, 23)));
    }

    #[test]
    fn a_part_that_cuts_a_character_in_half_is_not_kept() {
        assert_eq!(&*Shown::only("aöb", vec![Span::new(0, 2)]), "****");
    }
}
