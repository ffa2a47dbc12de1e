//! Judges a world: findings with one cause each, the line to change, and the change.
//!
//! A rule is a pure function over the world; it asks the engine whenever the question is about access, fetches nothing
//! and prints nothing. At present one promise is judged: every mount works, now and at rotation.

pub mod broken_mount;
pub mod code;
pub mod finding;

mod cause;
