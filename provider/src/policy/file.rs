//! The file of the snapshot: read within bounds, and polled, because kubelet replaces a link above it when the ConfigMap changes.

use crate::objects::DIALECT;
use policy_engine::snapshot::{MAX_BYTES, ReadError, Snapshot};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

/// Facts that differ between a file and its predecessor.
pub(super) type Mark = (u64, u64, u64, i64, i64, i64, i64);

/// The reason why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The path is a directory, a device or the like.
    #[error("it is not a regular file")]
    NoFile,
    /// The file is not a valid snapshot.
    #[error("{source}; {}", source.help())]
    Read {
        /// The reason.
        #[from]
        source: ReadError,
    },
}

impl FileError {
    /// The value of the label `outcome`.
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

/// The facts of the present file; links are followed.
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

/// Reads a snapshot, and sets this provider as the provider of its clusters.
pub(super) fn read(path: &Path) -> Result<Snapshot, FileError> {
    let mut snapshot = Snapshot::read(&bytes(path)?)?;
    for cluster in &mut snapshot.inventory.clusters {
        cluster.provider = DIALECT;
    }
    // DEV-4: a `filePermission` without quotes applies as written, also if the snapshot contains only the name of the cluster.
    let classes = snapshot.inventory.classes.iter_mut();
    for object in classes.flat_map(|class| &mut class.objects) {
        let lists = object.jmes.iter_mut().map(|entry| &mut entry.unquoted);
        for unquoted in lists.chain([&mut object.unquoted]) {
            unquoted.retain(|name| name.value != "filePermission");
        }
    }
    Ok(snapshot)
}

/// The bytes of a file, up to one byte above the limit of a snapshot.
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
