//! The elements of a statement.

/// The element of a statement that did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// A test of the condition, counted from zero in the order of the document.
    Condition(usize),
}
