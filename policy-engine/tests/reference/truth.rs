//! Kleene's three values (docs/semantics.md#three-truth-values).

/// `No < Maybe < Yes`: AND is the minimum, OR the maximum, NOT the mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    pub(crate) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

pub(crate) fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    truths.fold(Truth::Yes, Truth::and)
}

pub(crate) fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    truths.fold(Truth::No, Truth::or)
}
