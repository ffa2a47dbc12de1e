//! The snapshot's file: read within bounds, and looked at again and again, since a ConfigMap swaps a link above it.

use crate::objects::DIALECT;
use policy_engine::snapshot::{MAX_BYTES, ReadError, Snapshot};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

/// What tells a file from the one that stood there before.
pub(super) type Mark = (u64, u64, u64, i64, i64, i64, i64);

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is a directory, a device or the like.
    #[error("it is no file")]
    NoFile,
    /// It is no snapshot that can be used.
    #[error("{source}; {}", source.help())]
    Read {
        /// Why.
        #[from]
        source: ReadError,
    },
}

impl FileError {
    /// A word for the metric.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Io(_) | Self::NoFile => "unreadable",
            Self::Read {
                source: ReadError::OtherSchema { .. },
            } => "other_schema",
            Self::Read {
                source: ReadError::TooLarge | ReadError::TooManyMounts,
            } => "too_large",
            Self::Read { .. } => "damaged",
        }
    }
}

/// The file as it is now; links are followed.
pub(super) fn mark(path: &Path) -> Option<Mark> {
    let facts = fs::metadata(path).ok()?;
    Some((
        facts.dev(),
        facts.ino(),
        facts.len(),
        facts.mtime(),
        facts.mtime_nsec(),
        facts.ctime(),
        facts.ctime_nsec(),
    ))
}

/// Reads a snapshot, whose classes this provider mounts whatever the snapshot says.
pub(super) fn read(path: &Path) -> Result<Snapshot, FileError> {
    let mut snapshot = Snapshot::read(&bytes(path)?)?;
    for cluster in &mut snapshot.inventory.clusters {
        cluster.provider = DIALECT;
    }
    // Of a cluster that the snapshot knows by name alone a mode without quotes is taken as it is written as well (DEV-4).
    let classes = snapshot.inventory.classes.iter_mut();
    for object in classes.flat_map(|class| &mut class.objects) {
        let lists = object.jmes.iter_mut().map(|entry| &mut entry.unquoted);
        for unquoted in lists.chain([&mut object.unquoted]) {
            unquoted.retain(|name| name.value != "filePermission");
        }
    }
    Ok(snapshot)
}

/// The bytes of a file, one more than a snapshot may have at most.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    let facts = fs::metadata(path)?;
    if !facts.is_file() {
        return Err(FileError::NoFile);
    }
    let mut text = Vec::new();
    let bound = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    File::open(path)?
        .take(bound.saturating_add(1))
        .read_to_end(&mut text)?;
    Ok(text)
}
