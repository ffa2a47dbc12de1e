//! What rules ask of a text, and of two.

pub(crate) mod globs;
pub(crate) mod letters;
pub(crate) mod regions;
pub(crate) mod session_tags;
pub(crate) mod tag_keys;
pub(crate) mod variables;
