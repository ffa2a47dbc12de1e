//! Texts: patterns, names that are nearly right, variables, tags.

pub(crate) mod arn_forms;
pub(crate) mod globs;
pub(crate) mod letters;
pub(crate) mod place;
pub(crate) mod regions;
pub(crate) mod session_tags;
pub(crate) mod suffix;
pub(crate) mod tag_keys;
pub(crate) mod variables;
