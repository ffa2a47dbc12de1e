//! The files that Git tracks, read from the index of the repository.

use crate::door;
use std::path::{Path, PathBuf};

/// The largest index that is read.
const MAX_INDEX: u64 = 64 * 1024 * 1024;
/// The length of an entry before its flags: times, numbers of the file system, size and a SHA-1.
const FIXED: usize = 60;
/// The offset of the mode in an entry: after two times and two numbers of the file system.
const MODE: usize = 24;
/// The type of a submodule, in the upper four bits of a mode.
const SUBMODULE: u32 = 0b1110;
/// The flag of an entry with two more bytes of flags, and the flag in these of a file outside the sparse checkout.
const EXTENDED: u16 = 0x4000;
const SKIP_WORKTREE: u16 = 0x4000;

/// A path that Git tracks.
pub(crate) struct Tracked {
    /// The path, which begins with the directory that was asked for.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) kind: TrackedKind,
}

/// What a tracked path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrackedKind {
    /// A file or a link.
    File,
    /// A file that a sparse checkout leaves out.
    Sparse,
    /// The commit of another repository.
    Submodule,
}

/// The tracked paths below a directory.
///
/// Git documentation, "index-format". An index that cannot be read tracks nothing.
pub(crate) fn below(directory: &Path) -> Vec<Tracked> {
    let Ok(inside) = directory.canonicalize() else {
        return Vec::new();
    };
    let Some(root) = inside
        .ancestors()
        .find(|ancestor| ancestor.join(".git").exists())
    else {
        return Vec::new();
    };
    let Some(bytes) = index(root) else {
        return Vec::new();
    };
    let names = entries(&bytes).unwrap_or_default();
    let below = names.iter().filter_map(|(name, kind)| {
        let name = std::str::from_utf8(name).ok()?;
        let path = root.join(name);
        Some(Tracked {
            path: directory.join(path.strip_prefix(&inside).ok()?),
            kind: *kind,
        })
    });
    below.collect()
}

/// The bytes of the index; in a second worktree `.git` is a file that names its directory.
fn index(root: &Path) -> Option<Vec<u8>> {
    let git = root.join(".git");
    let git = if git.is_dir() {
        git
    } else {
        let pointer = door::read_named(&git, 4096).ok()?;
        let pointer = std::str::from_utf8(&pointer).ok()?;
        root.join(pointer.trim().strip_prefix("gitdir:")?.trim())
    };
    door::read_named(&git.join("index"), MAX_INDEX).ok()
}

/// The paths of an index of version 2, 3 or 4.
fn entries(bytes: &[u8]) -> Option<Vec<(Vec<u8>, TrackedKind)>> {
    let rest = bytes.strip_prefix(b"DIRC")?;
    let (version, rest) = number(rest)?;
    let (count, mut rest) = number(rest)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let mut names: Vec<(Vec<u8>, TrackedKind)> = Vec::new();
    for _ in 0..count {
        let entry = rest;
        let (high, low) = (*entry.get(FIXED)?, *entry.get(FIXED + 1)?);
        let flags = u16::from_be_bytes([high, low]);
        let more = if flags & EXTENDED == 0 { 0 } else { 2 };
        let mut tail = entry.get(FIXED + 2 + more..)?;
        let mut name = Vec::new();
        if version == 4 {
            let (cut, behind) = variable(tail)?;
            let before = names.last().map_or(&[][..], |(name, _)| name.as_slice());
            name.extend(before.get(..before.len().checked_sub(cut)?)?);
            tail = behind;
        }
        let end = tail.iter().position(|byte| *byte == 0)?;
        name.extend(tail.get(..end)?);
        let (mode, _) = number(entry.get(MODE..)?)?;
        let is_sparse = more > 0 && {
            let flags = entry.get(FIXED + 2..)?.first_chunk::<2>()?;
            u16::from_be_bytes(*flags) & SKIP_WORKTREE != 0
        };
        let kind = match mode >> 12 {
            SUBMODULE => TrackedKind::Submodule,
            _ if is_sparse => TrackedKind::Sparse,
            _ => TrackedKind::File,
        };
        names.push((name, kind));
        let length = entry.len() - tail.len() + end;
        let padded = if version == 4 {
            length + 1
        } else {
            // One to eight zeros.
            length / 8 * 8 + 8
        };
        rest = entry.get(padded..)?;
    }
    Some(names)
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*first), rest))
}

/// A number in groups of seven bits, as in the offsets of a pack.
fn variable(mut bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    loop {
        let (first, rest) = bytes.split_first()?;
        bytes = rest;
        value = value.checked_add(usize::from(first & 0x7f))?;
        if first & 0x80 == 0 {
            return Some((value, bytes));
        }
        value = value.checked_add(1)?.checked_mul(128)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with these paths, as Git writes it.
    fn written(version: u32, names: &[&str]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(names.len()).unwrap().to_be_bytes());
        let mut before = "";
        for name in names {
            let start = bytes.len();
            bytes.extend([0; FIXED + 2]);
            if version == 4 {
                let same = name.bytes().zip(before.bytes());
                let same = same.take_while(|(left, right)| left == right).count();
                bytes.push(u8::try_from(before.len() - same).unwrap());
                bytes.extend(name.bytes().skip(same));
                bytes.push(0);
            } else {
                bytes.extend(name.bytes());
                let length = bytes.len() - start;
                bytes.resize(start + length / 8 * 8 + 8, 0);
            }
            before = name;
        }
        bytes
    }

    #[test]
    fn every_version_gives_the_paths() {
        let names = ["a.yaml", "k8s/app.yaml", "k8s/apple.yaml", "z"];
        for version in 2..=4 {
            let actual = entries(&written(version, &names)).unwrap();
            let wanted = names.map(|name| (name.as_bytes().to_vec(), TrackedKind::File));
            assert_eq!(actual, wanted, "version {version}");
        }
    }

    #[test]
    fn what_is_no_index_gives_nothing() {
        let whole = written(2, &["k8s/app.yaml", "z"]);
        assert!(entries(b"DIRX").is_none());
        assert!(entries(&written(5, &[])).is_none());
        for end in 0..whole.len() - 8 {
            assert!(entries(&whole[..end]).is_none(), "{end} bytes");
        }
    }
}
