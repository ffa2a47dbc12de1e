//! Mounts: whether each works, and the cause if it does not.

pub(crate) mod cause;
pub(crate) mod explain;
pub(crate) mod names;
pub(crate) mod stages;
pub(crate) mod survey;
pub(crate) mod unmounted;
