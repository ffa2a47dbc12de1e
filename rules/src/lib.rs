//! Checks a world: each finding is a mistake, with the line to change and the change.
//!
//! A rule is a pure function of the world; it asks the engine every question about access, fetches nothing and prints nothing.
//! [`lint`](lint::lint) runs all rules, [`registry`] lists them, [`page`] reads the page of a rule, and [`explain`](explain::explain) gives the
//! reason why a walk is not allowed.

pub mod catalog;
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
