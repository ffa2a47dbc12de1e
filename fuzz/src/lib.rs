//! What several targets check: places lie inside their texts, and the ways of deciding a request agree.

pub mod decide;
pub mod spans;
