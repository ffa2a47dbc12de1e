//! Writing below the mount: everything is staged first, then renamed; what is right already is left alone.
//!
//! Staging directories begin with a dot and this provider's name. One that a killed process left behind is removed by
//! the next mount of the same volume.

use crate::{fetch::OutputFile, objects::DIALECT};
use policy_engine::inventory::class::FileNameFault;
use std::{
    fs::{self, File, FileTimes, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Component, Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

/// How the names of staging directories begin; no file of a class may begin so.
const STAGING: &str = "..ascp-provider-";

/// Tells this process's staging directories from those of its predecessors; pids repeat in containers.
static PROCESS: LazyLock<String> =
    LazyLock::new(|| format!("{STAGING}{:016x}-", fastrand::u64(..)));
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Files that were written.
    pub(crate) changed: usize,
    /// Files that were right already.
    pub(crate) unchanged: usize,
    /// Files that were removed.
    pub(crate) removed: usize,
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    source: io::Error,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    |source| WriteError {
        path: path.to_owned(),
        source,
    }
}

/// Writes the files; of two with one name the last wins. `stale` are names to remove.
pub(crate) fn write(
    target: &Path,
    files: &[OutputFile],
    stale: &[String],
) -> Result<Written, WriteError> {
    remove_left_over(target);
    let mut written = Written::default();
    let mut wanted = std::collections::BTreeMap::new();
    for file in files {
        wanted.insert(file.name.as_str(), file);
    }
    let mut pending = Vec::new();
    for file in wanted.values() {
        let path = target.join(&file.name);
        check_parents(target, &file.name)?;
        if state(&path, file).map_err(at(&path))? {
            written.unchanged += 1;
        } else {
            pending.push((path, *file));
        }
    }
    if !pending.is_empty() {
        let staging = Staging::new(target)?;
        let mut staged = Vec::with_capacity(pending.len());
        for (number, (path, file)) in pending.iter().enumerate() {
            let temporary = staging.0.join(number.to_string());
            stage(&temporary, file).map_err(at(path))?;
            staged.push((temporary, path));
        }
        for (temporary, path) in staged {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(at(parent))?;
            }
            fs::rename(&temporary, path).map_err(at(path))?;
            written.changed += 1;
        }
    }
    for name in stale {
        let path = target.join(name);
        let plain = !wanted.contains_key(name.as_str())
            && FileNameFault::find(name, DIALECT.reserved_prefixes(), false).is_none()
            && check_parents(target, name).is_ok()
            && fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
        if plain {
            fs::remove_file(&path).map_err(at(&path))?;
            written.removed += 1;
        }
    }
    renew(target).map_err(at(target))?;
    Ok(written)
}

/// Sets the directory's time, by which the driver measures its poll interval (DEV-14).
pub(crate) fn renew(target: &Path) -> io::Result<()> {
    let times = FileTimes::new().set_modified(SystemTime::now());
    File::open(target)?.set_times(times)
}

/// Whether the file is right already; an error when it could not be replaced.
fn state(path: &Path, file: &OutputFile) -> io::Result<bool> {
    let facts = match fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if facts.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "there is a directory of that name",
        ));
    }
    let same_size = usize::try_from(facts.len()).is_ok_and(|size| size == file.content.len());
    let same = facts.is_file() && same_size && facts.permissions().mode() & 0o7777 == file.mode;
    Ok(same && zeroize::Zeroizing::new(fs::read(path)?).as_slice() == file.content.expose())
}

/// Directories on the way must be directories, not links that lead elsewhere.
fn check_parents(target: &Path, name: &str) -> Result<(), WriteError> {
    let mut path = target.to_owned();
    let components: Vec<_> = Path::new(name).components().collect();
    let parents = components
        .split_last()
        .map_or(&[][..], |(_, parents)| parents);
    for component in parents {
        let Component::Normal(part) = component else {
            continue;
        };
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(facts) if facts.is_dir() => {}
            Ok(_) => {
                let problem = io::Error::new(io::ErrorKind::NotADirectory, "not a directory");
                return Err(at(&path)(problem));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(at(&path)(error)),
        }
    }
    Ok(())
}

fn stage(path: &Path, file: &OutputFile) -> io::Result<()> {
    let mut handle = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    handle.set_permissions(Permissions::from_mode(file.mode))?;
    handle.write_all(file.content.expose())?;
    handle.sync_all()
}

/// A staging directory; it is gone when this is dropped.
struct Staging(PathBuf);

impl Staging {
    fn new(target: &Path) -> Result<Self, WriteError> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = target.join(format!("{}{number}", *PROCESS));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(at(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes staging directories of earlier processes.
fn remove_left_over(target: &Path) {
    let Ok(entries) = fs::read_dir(target) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(STAGING) && !name.starts_with(PROCESS.as_str()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_value::SecretValue;
    use std::os::unix::fs::MetadataExt as _;

    fn file(name: &str, mode: u32, content: &str) -> OutputFile {
        OutputFile {
            name: name.to_owned(),
            mode,
            version: "1".to_owned(),
            content: SecretValue::new(content.into()),
        }
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_right_already_keeps_its_inode_and_the_directory_gets_a_new_time() {
        let directory = tempfile::tempdir().unwrap();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "y")];
        write(directory.path(), &files, &[]).unwrap();
        let inode = |name| fs::metadata(directory.path().join(name)).unwrap().ino();
        let (a, b) = (inode("a"), inode("b"));
        let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        File::open(directory.path())
            .unwrap()
            .set_times(old)
            .unwrap();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "z")];
        let written = write(directory.path(), &files, &[]).unwrap();
        assert_eq!((written.changed, written.unchanged), (1, 1));
        assert_eq!(inode("a"), a);
        assert_ne!(inode("b"), b);
        assert!(fs::metadata(directory.path()).unwrap().mtime() > 0);
        assert_eq!(names(directory.path()), ["a", "b"]);
        // A mode that differs is a change as well.
        let written = write(directory.path(), &[file("a", 0o600, "x")], &[]).unwrap();
        assert_eq!(written.changed, 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_changes_no_other() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), &[file("a", 0o644, "old")], &[]).unwrap();
        fs::create_dir(directory.path().join("b")).unwrap();
        let files = [file("a", 0o644, "new"), file("b", 0o644, "new")];
        let error = write(directory.path(), &files, &[]).unwrap_err();
        assert!(
            error.to_string().contains("a directory of that name"),
            "{error}"
        );
        assert_eq!(
            fs::read_to_string(directory.path().join("a")).unwrap(),
            "old"
        );
        assert_eq!(names(directory.path()), ["a", "b"]);
    }

    #[test]
    fn links_are_replaced_and_never_followed() {
        let outside = tempfile::tempdir().unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), directory.path().join("d")).unwrap();
        let error = write(directory.path(), &[file("d/x", 0o644, "v")], &[]).unwrap_err();
        assert!(error.to_string().contains("not a directory"), "{error}");
        assert!(names(outside.path()).is_empty());
        let victim = outside.path().join("victim");
        fs::write(&victim, "kept").unwrap();
        std::os::unix::fs::symlink(&victim, directory.path().join("f")).unwrap();
        write(directory.path(), &[file("f", 0o644, "v")], &[]).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
        assert!(
            fs::symlink_metadata(directory.path().join("f"))
                .unwrap()
                .is_file()
        );
    }

    #[test]
    fn left_over_staging_directories_go_and_stale_files_on_request() {
        let directory = tempfile::tempdir().unwrap();
        let left = directory.path().join(format!("{STAGING}0123-0"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join("0"), "x").unwrap();
        fs::write(directory.path().join("gone"), "x").unwrap();
        let stale = ["gone".to_owned(), "../x".to_owned(), "a".to_owned()];
        let written = write(directory.path(), &[file("a", 0o644, "x")], &stale).unwrap();
        assert_eq!(written.removed, 1);
        assert_eq!(names(directory.path()), ["a"]);
    }
}
