//! Mounts: whether each works, and why not.

pub(crate) mod names;
pub(crate) mod stages;
