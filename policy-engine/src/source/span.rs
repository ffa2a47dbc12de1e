//! Places in a source, and values with their places.

/// The number of a source of a [`SourceMap`](super::SourceMap).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A byte range in a source, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The source.
    pub source: SourceId,
    /// The bytes in it.
    pub span: Span,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub origin: Origin,
}

impl Span {
    /// A span from byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: to_u32(start),
            end: to_u32(end),
        }
    }
}

impl Origin {
    /// The place of documents that AWS or the engine supplies, which no source contains.
    pub const NOWHERE: Self = Self {
        source: SourceId(u32::MAX),
        span: Span { start: 0, end: 0 },
    };

    /// Whether the place is in a source.
    pub fn is_somewhere(self) -> bool {
        self.source != Self::NOWHERE.source
    }

    /// The smallest range that contains both, if they are in one source.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        if self.source != end.source {
            return self;
        }
        let span = Span {
            start: self.span.start.min(end.span.start),
            end: self.span.end.max(end.span.end),
        };
        Self {
            source: self.source,
            span,
        }
    }
}

impl<T> Spanned<T> {
    /// Adds a place to a value.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// Offsets are 32 bits wide; readers refuse larger files.
pub(crate) fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
