//! Makes a text of pieces, in time that grows with the text.

use super::{Hole, Str, Text, listed};
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

    /// Adds a part that is not known.
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
