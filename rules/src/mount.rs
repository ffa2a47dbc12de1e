//! Mounts: whether each works, and why not.

pub(crate) mod cause;
pub(crate) mod explain;
pub(crate) mod names;
pub(crate) mod stages;
pub(crate) mod survey;
