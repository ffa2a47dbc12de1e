//! Three-valued logic (docs/semantics.md#three-truth-values): false, true, or dependent on an unknown fact.

use std::ops::Not;

/// A truth value, ordered `False < Unknown < True`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// Certainly not.
    False,
    /// It depends on an unknown fact.
    Unknown,
    /// Certainly.
    True,
}

impl Truth {
    /// The minimum.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// The maximum.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether it is [`Truth::True`].
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether it is [`Truth::False`].
    pub fn is_false(self) -> bool {
        self == Self::False
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};

    #[test]
    fn kleene_tables_hold() {
        assert_eq!(True.and(Unknown), Unknown);
        assert_eq!(False.and(Unknown), False);
        assert_eq!(True.or(Unknown), True);
        assert_eq!(False.or(Unknown), Unknown);
        assert_eq!(!Unknown, Unknown);
    }
}
