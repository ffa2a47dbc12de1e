//! Promises about access, and new access.

pub(crate) mod compared;
pub(crate) mod promised;
