//! One writer per volume.

use super::error::{WriteError, at};
use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
};

/// The only writer of a volume in this process. A mount whose caller has disconnected can still be writing.
pub(super) struct Alone(PathBuf);

static WRITTEN: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);

impl Alone {
    pub(super) fn with(target: &Path) -> Result<Self, WriteError> {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        if written.insert(target.to_owned()) {
            return Ok(Self(target.to_owned()));
        }
        let problem = "an earlier mount of this volume is still writing";
        Err(at(target)(io::Error::new(
            io::ErrorKind::ResourceBusy,
            problem,
        )))
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        written.remove(&self.0);
    }
}
