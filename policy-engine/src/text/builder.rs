//! Builds a text from pieces, in time proportional to its length.

use super::{
    hole::Hole,
    holed::{Text, listed},
    shared::Str,
};
use crate::source::to_u32;

/// A text that grows at its end.
#[derive(Debug, Default)]
pub struct TextBuilder {
    literal: String,
    holes: Vec<(u32, Hole)>,
    names: usize,
}

impl TextBuilder {
    /// Adds known characters.
    pub fn push_str(&mut self, piece: &str) {
        self.literal.push_str(piece);
    }

    /// Adds an unknown part.
    pub fn push_hole(&mut self, hole: Hole) {
        // An empty name takes room as well.
        self.names += 1 + hole.name.len();
        self.holes.push((to_u32(self.literal.len()), hole));
    }

    /// Adds a text with its holes.
    pub fn push(&mut self, text: &Text) {
        let shift = to_u32(self.literal.len());
        for (at, hole) in text.holes() {
            self.names += 1 + hole.name.len();
            self.holes.push((at + shift, hole.clone()));
        }
        self.literal.push_str(text.literal());
    }

    /// The known characters so far, in bytes.
    pub fn literal_len(&self) -> usize {
        self.literal.len()
    }

    /// The size in bytes, the names of holes included.
    pub fn size(&self) -> usize {
        self.literal.len() + self.names
    }

    /// The text.
    pub fn finish(self) -> Text {
        Text {
            literal: Str::from(self.literal),
            holes: listed(self.holes),
        }
    }
}

impl Text {
    /// The text of a name or an ARN, with its unknown parts between angle brackets, as in [`Display`](std::fmt::Display).
    ///
    /// No name that AWS or Kubernetes accepts has an angle bracket.
    pub fn shown(text: &str) -> Self {
        let mut made = TextBuilder::default();
        let mut rest = text;
        while let Some((before, (name, after))) = rest
            .split_once('<')
            .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
        {
            made.push_str(before);
            made.push_hole(Hole::any(name.to_owned()));
            rest = after;
        }
        made.push_str(rest);
        made.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shown_with_holes_has_them_again() {
        let text = Text::shown("arn:aws:iam::111122223333:role/<path>app-<name of it>");
        assert_eq!(text.holes().len(), 2);
        assert_eq!(
            text.to_string(),
            "arn:aws:iam::111122223333:role/<path>app-<name of it>"
        );
        assert_eq!(Text::shown("a<b").known(), Some("a<b"));
    }
}
