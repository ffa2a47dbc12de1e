//! Judges a world: findings with one cause each, the line to change, and the change.
//!
//! A rule is a pure function over the world; it asks the engine whenever the question is about access, fetches nothing
//! and prints nothing. [`lint`](lint::lint) runs all of them; [`registry`] lists them; [`page`] reads the page that each
//! carries; [`explain`](explain::explain) tells of one walk why it is refused.

pub mod catalogue;
pub mod explain;
pub mod finding;
pub mod input;
pub mod lint;
pub mod page;
pub mod registry;
pub mod rule;

mod ask;
mod check;
mod context;
mod document;
mod family;
mod mount;
mod promise;
mod share;
mod text;
mod world;
