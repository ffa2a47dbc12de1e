//! Text that may have holes: parts that nobody knows yet.
//!
//! A hole has a name and is equal to itself; about everything else it is undecided, unless every filling agrees
//! (docs/design/three-valued-truth.md).

mod builder;
mod serial;

pub use builder::TextBuilder;

use serde::{Deserialize, Serialize};
use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// Text that is cheap to copy: of the program itself, or shared.
#[derive(Clone)]
pub enum Str {
    /// Written in the program.
    Fixed(&'static str),
    /// Read from somewhere.
    Shared(Arc<str>),
}

/// What can stand in a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HoleKind {
    /// Anything, the empty text included.
    Any,
    /// Anything but the empty text.
    Some,
    /// The six letters or digits behind a secret's name; no two secrets of one name share them.
    SecretSuffix,
    /// The id of a KMS key: letters, digits and hyphens; no two keys share it.
    KeyId,
}

/// A part of a text that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hole {
    /// What will fill it, for people; two holes of one name are the same hole.
    pub name: Str,
    /// What can stand in it.
    pub kind: HoleKind,
}

/// Text with holes; most texts have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    literal: Str,
    // INVARIANT: offsets ascend and lie on character boundaries of `literal`; never an empty list.
    holes: Option<Arc<[(u32, Hole)]>>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Known characters.
    Literal(&'a str),
    /// A hole.
    Hole(&'a Hole),
}

impl Hole {
    /// A hole of that name, which may be filled with anything.
    pub fn any(name: impl Into<Str>) -> Self {
        Self {
            name: name.into(),
            kind: HoleKind::Any,
        }
    }

    /// What no source speaks of. It has no name: who needs it knows what it is.
    pub fn untold() -> Self {
        Self::any("")
    }

    /// Whether no source speaks of it.
    pub fn is_untold(&self) -> bool {
        self.name.is_empty()
    }

    /// What would settle it: its name or, where no source speaks of it, the name that the caller gives it.
    pub fn reason(&self, name: impl FnOnce() -> String) -> String {
        if self.is_untold() {
            name()
        } else {
            self.name.to_string()
        }
    }
}

impl Text {
    /// A text that is one hole.
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

    /// A text of the program itself.
    pub const fn fixed(text: &'static str) -> Self {
        Self {
            literal: Str::Fixed(text),
            holes: None,
        }
    }

    /// A name or an ARN in which what is not known stands between angle brackets, as in [`Display`](fmt::Display).
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

    /// The text, when nothing in it is unknown.
    pub fn known(&self) -> Option<&str> {
        self.is_known().then_some(&*self.literal)
    }

    /// Whether nothing in it is unknown.
    pub fn is_known(&self) -> bool {
        self.holes.is_none()
    }

    /// The known characters, without what the holes hold.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// The holes with the offsets in [`Text::literal`] at which they stand.
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
    /// A hole at `start` belongs to it, one at `end` only at the end of the whole text.
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

fn listed(holes: Vec<(u32, Hole)>) -> Option<Arc<[(u32, Hole)]>> {
    (!holes.is_empty()).then(|| holes.into())
}

impl std::ops::Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl From<&'static str> for Str {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl From<Arc<str>> for Str {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}

impl Default for Str {
    fn default() -> Self {
        Self::Fixed("")
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
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
    fn a_name_shown_with_holes_has_them_again() {
        let text = Text::shown("arn:aws:iam::111122223333:role/<path>app-<name of it>");
        assert_eq!(text.holes().len(), 2);
        assert_eq!(
            text.to_string(),
            "arn:aws:iam::111122223333:role/<path>app-<name of it>"
        );
        assert_eq!(Text::shown("a<b").known(), Some("a<b"));
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
