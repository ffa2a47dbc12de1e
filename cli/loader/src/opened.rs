//! Files: which are wanted, and what was opened.

use crate::{kind::Kind, loading::Loading};
use policy_engine::{source::Origin, syntax::node::Node};
use std::path::PathBuf;

/// The most bytes that are read in one run.
pub(crate) const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The largest file that is read.
pub(crate) const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A file to read, and the reason for reading it.
pub(crate) struct Wanted {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What people call it.
    pub(crate) name: String,
    /// Whether the user named the file itself.
    pub(crate) named: bool,
    /// The include that led to it.
    pub(crate) because: Option<Origin>,
    /// The kind that the include states.
    pub(crate) kind: Option<Kind>,
}

/// A file that was parsed.
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) documents: Vec<Node>,
    pub(crate) kind: Option<Kind>,
}

/// Reports a problem of a file at the include that led to it, or by its name.
pub(crate) fn report(
    loading: &mut Loading,
    name: &str,
    because: Option<Origin>,
    message: impl Into<String>,
    help: Option<&str>,
) {
    match because {
        Some(origin) => loading.problem(message, help, origin),
        None => loading.file_problem(name, message, help),
    }
}
