//! An element that did not match, with what it wanted and what the request had.

use crate::{evaluator::element::Element, source::Origin, truth::Truth};

/// How many values of a long list a miss repeats.
pub(super) const SHOWN: usize = 8;

/// An element that did not match, or only perhaps.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Miss {
    /// Which element.
    pub element: Element,
    /// Whether it failed or is open.
    pub truth: Truth,
    /// Its way through the document, `Statement[0].Condition.StringEquals`.
    pub path: String,
    /// The condition key.
    pub key: Option<String>,
    /// The operator, as it was written.
    pub operator: Option<String>,
    /// What the element asks for, variables filled in as far as they are known.
    pub wanted: Vec<String>,
    /// What the request holds; nothing when the key is absent.
    pub actual: Vec<String>,
    /// The text to look at.
    pub origin: Origin,
    /// The condition key's place, or the element's name.
    pub key_origin: Origin,
    /// Variables without a value: their names and places.
    pub unresolved: Vec<(String, Origin)>,
    /// What would settle an open element.
    pub unknown: Vec<String>,
}
