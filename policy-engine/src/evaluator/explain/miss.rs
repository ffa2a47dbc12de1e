//! An element that did not match, with the required and the actual values.

use crate::{evaluator::element::Element, source::Origin, truth::Truth};

/// The most values of a long list that a miss repeats.
pub(super) const SHOWN: usize = 8;

/// An element of a statement that did not match, or whose match is unknown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Miss {
    /// The element.
    pub element: Element,
    /// Whether the element failed (`False`) or is unknown.
    pub truth: Truth,
    /// The path in the document, `Statement[0].Condition.StringEquals`.
    pub path: String,
    /// The condition key.
    pub key: Option<String>,
    /// The operator, as it was written.
    pub operator: Option<String>,
    /// The values that the element requires, with the known variables filled in.
    pub wanted: Vec<String>,
    /// The values of the request; empty when the key is absent.
    pub actual: Vec<String>,
    /// The place of the values.
    pub origin: Origin,
    /// The place of the condition key, or of the element's name.
    pub key_origin: Origin,
    /// Variables without a value: their names and places.
    pub unresolved: Vec<(String, Origin)>,
    /// The missing facts that would decide an unknown element.
    pub unknown: Vec<String>,
}
