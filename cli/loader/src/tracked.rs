//! The files that Git tracks, read from the index of the repository.

use crate::door;
use std::path::{Path, PathBuf};

/// The largest index that is read.
const MAX_INDEX: u64 = 64 * 1024 * 1024;
/// The length of an entry before its hash: times, numbers of the file system and size.
const BEFORE_HASH: usize = 40;
/// The lengths of a SHA-1 and of a SHA-256.
const SHA_1: usize = 20;
const SHA_256: usize = 32;
/// The offset of the mode in an entry: after two times and two numbers of the file system.
const MODE: usize = 24;
/// The types of a submodule and of a folder, in the upper four bits of a mode.
const SUBMODULE: u32 = 0b1110;
const FOLDER: u32 = 0b0100;
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
    /// A folder that a sparse checkout leaves out.
    SparseFolder,
    /// The commit of another repository.
    Submodule,
}

/// Why an index is not read: what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable(pub(crate) &'static str);

const BROKEN: Unusable = Unusable("repair it: `git read-tree HEAD`");
const SPLIT: Unusable = Unusable("join its parts: `git update-index --no-split-index`");

/// The tracked paths below a directory, those of submodules included.
///
/// Git documentation, "index-format".
pub(crate) fn below(directory: &Path) -> Result<Vec<Tracked>, Unusable> {
    let Ok(inside) = directory.canonicalize() else {
        return Ok(Vec::new());
    };
    let mut above = inside.ancestors();
    let Some(root) = above.find(|ancestor| ancestor.join(".git").exists()) else {
        return Ok(Vec::new());
    };
    let git = git_directory(root).ok_or(BROKEN)?;
    let index = git.join("index");
    if !index.exists() {
        return Ok(Vec::new());
    }
    let bytes = door::read_named(&index, MAX_INDEX).map_err(|_| BROKEN)?;
    let mut all = Vec::new();
    for (name, kind) in entries(&bytes, hash_length(&git))? {
        let path = root.join(path(&name));
        let Ok(path) = path.strip_prefix(&inside) else {
            continue;
        };
        let path = directory.join(path);
        if kind == TrackedKind::Submodule && path.join(".git").exists() {
            all.extend(below(&path)?);
        }
        all.push(Tracked { path, kind });
    }
    Ok(all)
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}

/// The directory with the index; in a second worktree and in a submodule `.git` is a file that names it.
fn git_directory(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let pointer = door::read_named(&git, 4096).ok()?;
    let pointer = std::str::from_utf8(&pointer).ok()?;
    Some(root.join(pointer.trim().strip_prefix("gitdir:")?.trim()))
}

/// The length of a hash; `extensions.objectFormat` is in the configuration that all worktrees share.
///
/// Git documentation, "git-config", `extensions.objectFormat`.
fn hash_length(git: &Path) -> usize {
    let common = door::read_named(&git.join("commondir"), 4096).ok();
    let common = common.and_then(|path| String::from_utf8(path).ok());
    let shared = common.map_or_else(|| git.to_path_buf(), |path| git.join(path.trim()));
    let config = door::read_named(&shared.join("config"), 1024 * 1024).unwrap_or_default();
    let config = String::from_utf8_lossy(&config).to_ascii_lowercase();
    let mut lines = config.lines().filter_map(|line| line.split_once('='));
    let is_sha_256 =
        |(name, value): (&str, &str)| name.trim() == "objectformat" && value.trim() == "sha256";
    if lines.any(is_sha_256) {
        SHA_256
    } else {
        SHA_1
    }
}

/// The paths of an index.
fn entries(bytes: &[u8], hash: usize) -> Result<Vec<(Vec<u8>, TrackedKind)>, Unusable> {
    let (names, rest) = listed(bytes, hash).ok_or(BROKEN)?;
    if is_split(rest, hash) {
        return Err(SPLIT);
    }
    Ok(names)
}

/// Whether the extensions of an index name another one, of which it states the changes alone.
fn is_split(mut rest: &[u8], hash: usize) -> bool {
    while rest.len() > hash {
        let Some((name, behind)) = rest.split_first_chunk::<4>() else {
            return false;
        };
        let Some((size, behind)) = number(behind) else {
            return false;
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let data = behind.get(..size).unwrap_or_default();
        if name == b"link" && data.iter().take(hash).any(|byte| *byte != 0) {
            return true;
        }
        rest = behind.get(size..).unwrap_or_default();
    }
    false
}

/// The paths of an index of version 2, 3 or 4, and what is behind them.
#[expect(clippy::type_complexity, reason = "a list and a rest")]
fn listed(bytes: &[u8], hash: usize) -> Option<(Vec<(Vec<u8>, TrackedKind)>, &[u8])> {
    let rest = bytes.strip_prefix(b"DIRC")?;
    let (version, rest) = number(rest)?;
    let (count, mut rest) = number(rest)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let fixed = BEFORE_HASH + hash;
    let mut names: Vec<(Vec<u8>, TrackedKind)> = Vec::new();
    for _ in 0..count {
        let entry = rest;
        let (high, low) = (*entry.get(fixed)?, *entry.get(fixed + 1)?);
        let flags = u16::from_be_bytes([high, low]);
        let more = if flags & EXTENDED == 0 { 0 } else { 2 };
        let mut tail = entry.get(fixed + 2 + more..)?;
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
            let flags = entry.get(fixed + 2..)?.first_chunk::<2>()?;
            u16::from_be_bytes(*flags) & SKIP_WORKTREE != 0
        };
        let kind = match mode >> 12 {
            SUBMODULE => TrackedKind::Submodule,
            FOLDER => TrackedKind::SparseFolder,
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
    Some((names, rest))
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
    fn written(version: u32, hash: usize, names: &[&str]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(names.len()).unwrap().to_be_bytes());
        let mut before = "";
        for name in names {
            let start = bytes.len();
            bytes.extend(vec![0; BEFORE_HASH + hash + 2]);
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
            for hash in [SHA_1, SHA_256] {
                let actual = entries(&written(version, hash, &names), hash).unwrap();
                let wanted = names.map(|name| (name.as_bytes().to_vec(), TrackedKind::File));
                assert_eq!(actual, wanted, "version {version}, {hash}");
            }
        }
    }

    #[test]
    fn what_is_no_index_is_an_error() {
        let whole = written(2, SHA_1, &["k8s/app.yaml", "z"]);
        assert_eq!(entries(b"DIRX", SHA_1), Err(BROKEN));
        assert_eq!(entries(&written(5, SHA_1, &[]), SHA_1), Err(BROKEN));
        for end in 0..whole.len() - 8 {
            assert_eq!(entries(&whole[..end], SHA_1), Err(BROKEN), "{end} bytes");
        }
    }

    #[test]
    fn an_index_that_states_changes_of_another_is_an_error() {
        let extended = |name: &[u8; 4], hash: [u8; SHA_1]| {
            let mut bytes = written(2, SHA_1, &["a.yaml"]);
            bytes.extend(name);
            bytes.extend(u32::try_from(SHA_1).unwrap().to_be_bytes());
            bytes.extend(hash);
            bytes.extend([0; SHA_1]);
            bytes
        };
        assert_eq!(entries(&extended(b"link", [1; SHA_1]), SHA_1), Err(SPLIT));
        assert!(entries(&extended(b"link", [0; SHA_1]), SHA_1).is_ok());
        assert!(entries(&extended(b"TREE", [1; SHA_1]), SHA_1).is_ok());
    }
}
