//! What must be repaired before anything can be answered.

use policy_engine::source::{Origin, SourceMap};
use std::fmt;

/// Something that must be repaired before anything can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Places with their labels; the first is the main place.
    pub labels: Vec<(Origin, String)>,
    /// The file, when there is no place in a text.
    pub file: Option<String>,
}

/// All problems of one run.
#[derive(Clone, Debug, thiserror::Error)]
pub struct LoadError {
    /// The texts that the problems point into.
    pub sources: SourceMap,
    /// The problems, in the order of the reading.
    pub problems: Vec<Problem>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [] => f.write_str("the input cannot be read"),
            [only] => f.write_str(&only.message),
            [first, rest @ ..] => write!(f, "{} (and {} more)", first.message, rest.len()),
        }
    }
}
