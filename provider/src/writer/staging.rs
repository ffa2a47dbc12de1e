//! A hidden directory before the switch, and the links into it.

use super::error::{WriteError, at};
use crate::fetch::OutputFile;
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// The prefix of this provider's own entries; the engine refuses file names with it.
pub(super) const OWN: &str = "..ascp-provider-";

/// A hidden directory to which the volume has not switched yet; dropping this removes it.
pub(super) struct Staging {
    pub(super) name: String,
    pub(super) path: PathBuf,
    is_kept: bool,
}

impl Staging {
    pub(super) fn new(target: &Path) -> Result<Self, WriteError> {
        let name = fresh_name();
        let path = target.join(&name);
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(at(&path))?;
        Ok(Self {
            name,
            path,
            is_kept: false,
        })
    }

    /// The path of a file; creates its parent directories.
    pub(super) fn path_of(&self, name: &str) -> Result<PathBuf, WriteError> {
        let mut path = self.path.clone();
        let (parents, last) = name.rsplit_once('/').unwrap_or(("", name));
        for parent in parents.split('/').filter(|parent| !parent.is_empty()) {
            path.push(parent);
            if is_directory(&path) {
                continue;
            }
            let made = fs::create_dir(&path);
            made.and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o755)))
                .map_err(at(&path))?;
        }
        path.push(last);
        Ok(path)
    }

    pub(super) fn keep(mut self) -> PathBuf {
        self.is_kept = true;
        std::mem::take(&mut self.path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Links that are removed again if the volume does not switch to their target.
pub(super) struct Links(pub(super) Vec<PathBuf>);

impl Links {
    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

pub(super) fn create(path: &Path, file: &OutputFile) -> io::Result<()> {
    let mut handle = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    handle.set_permissions(Permissions::from_mode(file.mode))?;
    handle.write_all(file.content.expose())?;
    handle.sync_all()
}

/// A name that no entry of the volume has.
pub(super) fn fresh_name() -> String {
    format!("{OWN}{:016x}", fastrand::u64(..))
}

pub(super) fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|facts| facts.is_dir())
}
