//! Promises about access, and access that has grown.

pub(crate) mod compared;
pub(crate) mod promised;
