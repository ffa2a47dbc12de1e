//! What rules ask of a text, and of two.

pub(crate) mod tag_keys;
pub(crate) mod variables;
