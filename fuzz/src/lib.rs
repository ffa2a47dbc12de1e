//! What several targets check: places lie inside their texts, and the ways of deciding a request or walking a world agree.

pub mod decide;
pub mod spans;
pub mod worlds;
