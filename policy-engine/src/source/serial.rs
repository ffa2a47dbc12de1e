//! Places in a snapshot: short lists of numbers, and sources without their texts.
//!
//! An origin is `[source, start, length]`, a value with its place `[value, source, start, length]`. A parsed place
//! keeps every invariant, or is refused.

use super::{OffsetMap, Origin, Shown, Source, SourceId, SourceMap, Span, Spanned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

const BEYOND: &str = "a place lies beyond the largest file";

impl Origin {
    /// A place as three numbers.
    pub(crate) fn numbers(self) -> (u32, u32, u32) {
        let Span { start, end } = self.span;
        (self.source.0, start, end.saturating_sub(start))
    }

    /// A place from three numbers.
    pub(crate) fn from_numbers<E: Error>(source: u32, start: u32, length: u32) -> Result<Self, E> {
        Ok(Self {
            source: SourceId(source),
            span: span(start, length)?,
        })
    }
}

fn span<E: Error>(start: u32, length: u32) -> Result<Span, E> {
    let end = start.checked_add(length).ok_or_else(|| E::custom(BEYOND))?;
    Ok(Span { start, end })
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.numbers().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (source, start, length) = Deserialize::deserialize(deserializer)?;
        Self::from_numbers(source, start, length)
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (source, start, length) = self.origin.numbers();
        (&self.value, source, start, length).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, source, start, length) = Deserialize::deserialize(deserializer)?;
        let origin = Origin::from_numbers(source, start, length)?;
        Ok(Self { value, origin })
    }
}

/// The distance of an anchor from the anchor before it, in the text and in the file.
type Step = (u32, i64);

impl Serialize for OffsetMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = (0, 0);
        serializer.collect_seq(self.anchors.iter().map(|anchor| -> Step {
            let outer = i64::from(anchor.1) - i64::from(before.1);
            let step = (anchor.0.saturating_sub(before.0), outer);
            before = *anchor;
            step
        }))
    }
}

impl<'de> Deserialize<'de> for OffsetMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let steps = Vec::<Step>::deserialize(deserializer)?;
        let mut anchors: Vec<(u32, u32)> = Vec::with_capacity(steps.len());
        for (inner, outer) in steps {
            let anchor = match anchors.last() {
                Some(_) if inner == 0 => return Err(D::Error::custom("offsets of a text ascend")),
                Some(before) => before
                    .0
                    .checked_add(inner)
                    .zip(i64::from(before.1).checked_add(outer)),
                None => Some((inner, outer)),
            };
            let anchor =
                anchor.and_then(|(inner, outer)| Some((inner, u32::try_from(outer).ok()?)));
            anchors.push(anchor.ok_or_else(|| D::Error::custom(BEYOND))?);
        }
        Ok(Self { anchors })
    }
}

/// A source in a snapshot.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outline {
    name: String,
    /// The length of each line but the last, its end included.
    lines: Vec<u32>,
    /// The parts of a hidden text, with their places.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<(String, u32, u32)>>,
}

impl From<&Source> for Outline {
    fn from(source: &Source) -> Self {
        let starts = &source.line_starts;
        let lines = starts.iter().zip(starts.iter().skip(1));
        let part = |(span, name): &(Span, String)| {
            (
                name.clone(),
                span.start,
                span.end.saturating_sub(span.start),
            )
        };
        Self {
            name: source.name.clone(),
            lines: lines.map(|(start, next)| next - start).collect(),
            parts: source
                .hidden
                .as_ref()
                .map(|parts| parts.iter().map(part).collect()),
        }
    }
}

impl Outline {
    fn source<E: Error>(self) -> Result<Source, E> {
        let mut line_starts = vec![0];
        let mut at: u32 = 0;
        for length in self.lines {
            at = at.checked_add(length).ok_or_else(|| E::custom(BEYOND))?;
            line_starts.push(at);
        }
        let part = |(name, start, length)| Ok((span(start, length)?, name));
        let parts = self
            .parts
            .map(|parts| parts.into_iter().map(part).collect());
        Ok(Source {
            name: self.name,
            text: Shown::default(),
            has_text: false,
            line_starts,
            characters: Vec::new(),
            hidden: parts.transpose()?,
        })
    }
}

/// Writes names and line lengths, never a text.
impl Serialize for SourceMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.sources.iter().map(Outline::from))
    }
}

impl<'de> Deserialize<'de> for SourceMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let outlines = Vec::<Outline>::deserialize(deserializer)?;
        let sources: Result<_, D::Error> = outlines.into_iter().map(Outline::source).collect();
        Ok(Self { sources: sources? })
    }
}
