//! What rules ask of a text, and of two.

pub(crate) mod variables;
