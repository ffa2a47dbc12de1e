//! The error of a file that cannot be written.

use std::{
    io,
    path::{Path, PathBuf},
};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    source: io::Error,
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    |source| WriteError {
        path: path.to_owned(),
        source,
    }
}
