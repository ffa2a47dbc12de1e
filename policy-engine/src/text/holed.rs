//! Text whose parts are known characters and holes.

use super::{
    hole::{Hole, HoleKind},
    shared::Str,
};
use std::{fmt, sync::Arc};

/// Text with holes; most texts have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    pub(super) literal: Str,
    // INVARIANT: offsets ascend and lie on character boundaries of `literal`; never an empty list.
    pub(super) holes: Option<Arc<[(u32, Hole)]>>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Known characters.
    Literal(&'a str),
    /// A hole.
    Hole(&'a Hole),
}

impl Text {
    /// A text that consists of a hole.
    pub fn hole(name: impl Into<Str>, kind: HoleKind) -> Self {
        let hole = Hole {
            name: name.into(),
            kind,
        };
        Self {
            literal: Str::Fixed(""),
            holes: Some(Arc::from([(0, hole)])),
        }
    }

    /// A text from the program itself.
    pub const fn fixed(text: &'static str) -> Self {
        Self {
            literal: Str::Fixed(text),
            holes: None,
        }
    }

    /// The text, if no part of it is unknown.
    pub fn known(&self) -> Option<&str> {
        self.is_known().then_some(&*self.literal)
    }

    /// Whether no part of it is unknown.
    pub fn is_known(&self) -> bool {
        self.holes.is_none()
    }

    /// The known characters, without the fillings of the holes.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// The holes with their offsets in [`Text::literal`].
    pub fn holes(&self) -> &[(u32, Hole)] {
        self.holes.as_deref().unwrap_or_default()
    }

    /// The pieces in order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let ends = self
            .holes()
            .iter()
            .map(|(at, hole)| (*at as usize, Some(hole)));
        let ends = ends.chain(std::iter::once((self.literal.len(), None)));
        let mut start = 0;
        ends.flat_map(move |(end, hole)| {
            let literal = self
                .literal
                .get(start..end)
                .filter(|piece| !piece.is_empty());
            start = end;
            literal
                .map(Part::Literal)
                .into_iter()
                .chain(hole.map(Part::Hole))
        })
    }

    /// This text followed by another.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        let shift = crate::source::to_u32(self.literal.len());
        let moved = other
            .holes()
            .iter()
            .map(|(at, hole)| (at + shift, hole.clone()));
        Self {
            literal: format!("{}{}", self.literal(), other.literal()).into(),
            holes: listed(self.holes().iter().cloned().chain(moved).collect()),
        }
    }

    /// The part between two offsets of [`Text::literal`], with the holes in it.
    ///
    /// A hole at `start` belongs to the part; a hole at `end` only if `end` is the end of the whole text.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let last = end >= self.literal.len();
        let holes = self.holes().iter().filter(|(at, _)| {
            let at = *at as usize;
            at >= start && (at < end || (at == end && (last || start == end)))
        });
        Self {
            literal: Text::from(self.literal.get(start..end).unwrap_or("")).literal,
            holes: listed(
                holes
                    .map(|(at, hole)| (at - crate::source::to_u32(start), hole.clone()))
                    .collect(),
            ),
        }
    }
}

pub(super) fn listed(holes: Vec<(u32, Hole)>) -> Option<Arc<[(u32, Hole)]>> {
    (!holes.is_empty()).then(|| holes.into())
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self {
            literal: Str::Shared(text.into()),
            holes: None,
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self {
            literal: text.into(),
            holes: None,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.parts() {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Hole(hole) if hole.kind == HoleKind::SecretSuffix => f.write_str("??????")?,
                Part::Hole(hole) => write!(f, "<{}>", hole.name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_order() {
        let text = Text::from("a-")
            .then(&Text::hole("h", HoleKind::Any))
            .then(&Text::from("-b"));
        let parts: Vec<_> = text.parts().collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], Part::Literal("a-"));
        assert_eq!(parts[2], Part::Literal("-b"));
        assert_eq!(text.to_string(), "a-<h>-b");
        assert_eq!(text.known(), None);
    }

    #[test]
    fn a_slice_keeps_the_holes_inside() {
        let text = Text::from("x:")
            .then(&Text::hole("h", HoleKind::Any))
            .then(&Text::from("y:z"));
        assert_eq!(text.slice(2, 3).to_string(), "<h>y");
        assert_eq!(text.slice(4, 5).to_string(), "z");
    }
}
