//! Writing below the mount: a volume shows its old files or its new ones, never a mix, whenever the process ends.
//!
//! The files lie in a hidden directory, their names are links into it, and one rename of the link `..data` shows another directory:
//!
//! ```text
//! db        -> ..data/db
//! ..data    -> ..ascp-provider-5be0c1/
//! ..ascp-provider-5be0c1/db
//! ```
//!
//! The driver writes in the same layout when it writes itself (secrets-store-csi-driver v1.6.0, `pkg/util/fileutil/atomic_writer.go`,
//! as kubelet does for ConfigMaps), and reads it for its Kubernetes Secrets (`filesystem.go`), so a volume can change hands.
//! Files that are unchanged are hard links to what was there: they keep inode, content and mode.

use crate::{fetch::OutputFile, objects::DIALECT};
use policy_engine::inventory::class::FileNameFault;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::{self, File, FileTimes, OpenOptions, Permissions},
    io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
    time::SystemTime,
};

/// How the names of this provider's own entries begin; the engine refuses files of such names.
const OWN: &str = "..ascp-provider-";
/// The link that is switched, by the name that the driver and kubelet give it.
const DATA: &str = "..data";
/// Where the driver and kubelet make that link.
const DATA_TMP: &str = "..data_tmp";

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

/// What becomes of files that the class does not list any more.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stale<'a> {
    /// They stay, as upstream's do.
    Keep,
    /// They go: those in the hidden directory, and plain files of these names, which the driver says were mounted.
    Remove(&'a [String]),
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

/// Writes the files; of two with one name the last wins.
pub(crate) fn write(
    target: &Path,
    files: &[OutputFile],
    stale: Stale<'_>,
) -> Result<Written, WriteError> {
    let _alone = Alone::with(target)?;
    let wanted: BTreeMap<&str, &OutputFile> = files
        .iter()
        .map(|file| (file.name.as_str(), file))
        .collect();
    let mut volume = Volume::open(target)?;
    let plan = volume.plan(&wanted, stale)?;
    let mut written = Written {
        changed: wanted.len() - plan.unchanged.len(),
        unchanged: plan.unchanged.len(),
        removed: plan.gone.len(),
    };
    if written.changed > 0 || written.removed > 0 || !plan.unlinked.is_empty() {
        volume.adopt(&plan.plain)?;
        let next = volume.stage(&wanted, &plan)?;
        // A link into a directory that is not shown yet leads nowhere, as if the file were not there yet.
        let links = volume.link(&plan.unlinked)?;
        volume.show(next)?;
        links.keep();
        volume.remove_links(&plan.gone);
    }
    if let Stale::Remove(known) = stale {
        written.removed += volume.remove_plain(known, &wanted)?;
    }
    renew(target).map_err(at(target))?;
    Ok(written)
}

/// Sets the directory's time, by which the driver measures its poll interval (DEV-14).
pub(crate) fn renew(target: &Path) -> io::Result<()> {
    let times = FileTimes::new().set_modified(SystemTime::now());
    File::open(target)?.set_times(times)
}

/// A volume that is written, and its hidden directory, if it has one.
struct Volume<'a> {
    target: &'a Path,
    current: Option<PathBuf>,
}

/// What has to be done.
struct Plan<'a> {
    /// Wanted files that are right already.
    unchanged: BTreeSet<&'a str>,
    /// Wanted files that are no links yet: written by upstream, which has no hidden directory.
    plain: Vec<&'a str>,
    /// First components of wanted files that nothing names yet, or that something else names.
    unlinked: BTreeSet<&'a str>,
    /// Files of the hidden directory that stay although the class does not list them.
    kept: Vec<String>,
    /// Those that go.
    gone: Vec<String>,
}

impl<'a> Volume<'a> {
    /// Finds the hidden directory, and removes those that a killed process left behind.
    fn open(target: &'a Path) -> Result<Self, WriteError> {
        let current = match fs::read_link(target.join(DATA)) {
            Ok(name) => {
                // Whoever may write to the volume could have let it lead elsewhere.
                let hidden = name.to_str().filter(|name| is_hidden(name));
                let directory = hidden.map(|name| target.join(name));
                directory.filter(|path| is_directory(path))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(at(&target.join(DATA))(error)),
        };
        let volume = Self { target, current };
        volume.remove_left_over();
        Ok(volume)
    }

    fn remove_left_over(&self) {
        let Ok(entries) = fs::read_dir(self.target) else {
            return;
        };
        for entry in entries.flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && is_hidden(&name) && self.current.as_ref() != Some(&path) {
                let _ = fs::remove_dir_all(path);
            } else if kind.is_symlink() && (name.starts_with(OWN) || name == DATA_TMP) {
                let _ = fs::remove_file(path);
            }
        }
    }

    fn plan<'w>(
        &self,
        wanted: &BTreeMap<&'w str, &OutputFile>,
        stale: Stale<'_>,
    ) -> Result<Plan<'w>, WriteError> {
        let mut plan = Plan {
            unchanged: BTreeSet::new(),
            plain: Vec::new(),
            unlinked: BTreeSet::new(),
            kept: Vec::new(),
            gone: Vec::new(),
        };
        for (&name, file) in wanted {
            let first = first_component(name);
            let visible = self.target.join(first);
            let facts = match fs::symlink_metadata(&visible) {
                Ok(facts) => Some(facts),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(at(&visible)(error)),
            };
            if facts.as_ref().is_some_and(fs::Metadata::is_dir) {
                let problem = "there is a directory of that name";
                let error = io::Error::new(io::ErrorKind::IsADirectory, problem);
                return Err(at(&visible)(error));
            }
            let path = if first == name && facts.is_some_and(|facts| facts.is_file()) {
                plan.plain.push(name);
                Some(visible)
            } else {
                if fs::read_link(&visible).ok().as_deref() != Some(&Path::new(DATA).join(first)) {
                    plan.unlinked.insert(first);
                }
                self.current.as_ref().map(|current| current.join(name))
            };
            if let Some(path) = path
                && is_right(&path, file).map_err(at(&path))?
            {
                plan.unchanged.insert(name);
            }
        }
        let others = self.files().into_iter().filter(|name| {
            let name = name.as_str();
            !wanted
                .keys()
                .any(|wanted| is_within(name, wanted) || is_within(wanted, name))
        });
        match stale {
            Stale::Keep => plan.kept.extend(others),
            Stale::Remove(_) => plan.gone.extend(others),
        }
        Ok(plan)
    }

    /// The files of the hidden directory, by their paths in it.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut open: Vec<(PathBuf, String)> = Vec::new();
        open.extend(self.current.clone().map(|path| (path, String::new())));
        while let Some((directory, prefix)) = open.pop() {
            let Ok(entries) = fs::read_dir(directory) else {
                continue;
            };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => {
                        open.push((entry.path(), format!("{prefix}{name}/")));
                    }
                    Ok(kind) if kind.is_file() => files.push(format!("{prefix}{name}")),
                    _ => {}
                }
            }
        }
        files
    }

    /// Brings plain files into the hidden directory with the content that they have, so that all of them change at once later.
    fn adopt(&mut self, plain: &[&str]) -> Result<(), WriteError> {
        if plain.is_empty() {
            return Ok(());
        }
        let staging = Staging::new(self.target)?;
        for name in self.files() {
            if !plain.contains(&name.as_str()) {
                self.keep(&name, &staging)?;
            }
        }
        for name in plain {
            let path = self.target.join(name);
            fs::hard_link(&path, staging.path.join(name)).map_err(at(&path))?;
        }
        self.show(staging)?;
        plain.iter().try_for_each(|name| self.link_to_data(name))
    }

    /// Writes what has changed into a new hidden directory, and links the rest.
    fn stage(
        &self,
        wanted: &BTreeMap<&str, &OutputFile>,
        plan: &Plan<'_>,
    ) -> Result<Staging, WriteError> {
        let staging = Staging::new(self.target)?;
        for (name, file) in wanted {
            if plan.unchanged.contains(name) {
                self.keep(name, &staging)?;
            } else {
                let path = staging.path_of(name)?;
                create(&path, file).map_err(at(&self.target.join(name)))?;
            }
        }
        for name in &plan.kept {
            self.keep(name, &staging)?;
        }
        Ok(staging)
    }

    fn keep(&self, name: &str, staging: &Staging) -> Result<(), WriteError> {
        let Some(current) = &self.current else {
            return Ok(());
        };
        let (from, to) = (current.join(name), staging.path_of(name)?);
        fs::hard_link(&from, to).map_err(at(&from))
    }

    /// Makes these names links into the hidden directory.
    fn link(&self, names: &BTreeSet<&str>) -> Result<Links, WriteError> {
        let mut links = Links(Vec::new());
        for name in names {
            let path = self.target.join(name);
            let is_new = fs::symlink_metadata(&path).is_err();
            self.link_to_data(name)?;
            links.0.extend(is_new.then_some(path));
        }
        Ok(links)
    }

    fn link_to_data(&self, name: &str) -> Result<(), WriteError> {
        self.put_link(&Path::new(DATA).join(name), name)
    }

    /// Makes a name a link in one step, whatever it was.
    fn put_link(&self, to: &Path, name: &str) -> Result<(), WriteError> {
        let path = self.target.join(name);
        let fresh = self.target.join(fresh_name());
        symlink(to, &fresh).map_err(at(&path))?;
        fs::rename(&fresh, &path).map_err(|error| {
            let _ = fs::remove_file(&fresh);
            at(&path)(error)
        })
    }

    /// Shows a hidden directory, in one step, in the place of the one before.
    fn show(&mut self, staging: Staging) -> Result<(), WriteError> {
        let readable = Permissions::from_mode(0o755);
        fs::set_permissions(&staging.path, readable).map_err(at(&staging.path))?;
        self.put_link(Path::new(&staging.name), DATA)?;
        if let Some(before) = self.current.replace(staging.keep()) {
            let _ = fs::remove_dir_all(before);
        }
        Ok(())
    }

    /// Removes links that lead nowhere since these files are gone.
    fn remove_links(&self, gone: &[String]) {
        let Some(current) = &self.current else { return };
        for first in gone.iter().map(|name| first_component(name)) {
            let path = self.target.join(first);
            let ours = fs::read_link(&path).is_ok_and(|to| to == Path::new(DATA).join(first));
            if ours && fs::symlink_metadata(current.join(first)).is_err() {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Removes plain files that the driver says were mounted.
    fn remove_plain(
        &self,
        known: &[String],
        wanted: &BTreeMap<&str, &OutputFile>,
    ) -> Result<usize, WriteError> {
        let mut removed = 0;
        for name in known {
            let path = self.target.join(name);
            let plain = !wanted.contains_key(name.as_str())
                && first_component(name) == name
                && FileNameFault::find(name, DIALECT.reserved_prefixes(), false).is_none()
                && fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
            if plain {
                fs::remove_file(&path).map_err(at(&path))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// The name up to its first `/`: of a nested file only the directory is a link.
fn first_component(name: &str) -> &str {
    name.split_once('/').map_or(name, |(first, _)| first)
}

/// Whether a path is another one, or lies below it.
fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a name is one that writers keep for their directories.
fn is_hidden(name: &str) -> bool {
    name.len() > 2 && name.starts_with("..") && !name.contains('/')
}

fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|facts| facts.is_dir())
}

/// Whether a file has the content and the mode already.
fn is_right(path: &Path, file: &OutputFile) -> io::Result<bool> {
    let Ok(facts) = fs::symlink_metadata(path) else {
        return Ok(false);
    };
    let same_size = usize::try_from(facts.len()).is_ok_and(|size| size == file.content.len());
    let same = facts.is_file() && same_size && facts.permissions().mode() & 0o7777 == file.mode;
    Ok(same && zeroize::Zeroizing::new(fs::read(path)?).as_slice() == file.content.expose())
}

fn create(path: &Path, file: &OutputFile) -> io::Result<()> {
    let mut handle = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    handle.set_permissions(Permissions::from_mode(file.mode))?;
    handle.write_all(file.content.expose())?;
    handle.sync_all()
}

/// A name that nothing in the volume has.
fn fresh_name() -> String {
    format!("{OWN}{:016x}", fastrand::u64(..))
}

/// Links that are taken away again when what they lead to is not shown.
struct Links(Vec<PathBuf>);

impl Links {
    fn keep(mut self) {
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

/// A hidden directory that is not shown yet; it is gone when this is dropped.
struct Staging {
    name: String,
    path: PathBuf,
    is_kept: bool,
}

impl Staging {
    fn new(target: &Path) -> Result<Self, WriteError> {
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

    /// Where a file goes; its directories are made.
    fn path_of(&self, name: &str) -> Result<PathBuf, WriteError> {
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

    fn keep(mut self) -> PathBuf {
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

/// The only writer of a volume in this process. A mount whose caller has gone away may still be writing.
struct Alone(PathBuf);

static WRITTEN: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);

impl Alone {
    fn with(target: &Path) -> Result<Self, WriteError> {
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

    /// The entries of a volume but for what the driver hides.
    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with(".."))
            .collect();
        names.sort();
        names
    }

    fn hidden(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count() - names(directory).len()
    }

    fn read(directory: &Path, name: &str) -> String {
        fs::read_to_string(directory.join(name)).unwrap()
    }

    #[test]
    fn what_is_right_already_keeps_its_inode_and_the_directory_gets_a_new_time() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "y")];
        write(target, &files, Stale::Keep).unwrap();
        let inode = |name| fs::metadata(target.join(name)).unwrap().ino();
        let (a, b) = (inode("a"), inode("b"));
        let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        let age = || File::open(target).unwrap().set_times(old).unwrap();
        age();
        let data = || fs::read_link(target.join(DATA)).unwrap();
        let before = data();
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!((written.changed, written.unchanged), (0, 2));
        assert_eq!((inode("a"), inode("b"), data()), (a, b, before));
        assert!(fs::metadata(target).unwrap().mtime() > 0);
        age();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "z")];
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!((written.changed, written.unchanged), (1, 1));
        assert_eq!(inode("a"), a);
        assert_ne!(inode("b"), b);
        assert!(fs::metadata(target).unwrap().mtime() > 0);
        assert_eq!(names(target), ["a", "b"]);
        assert_eq!(hidden(target), 2);
        // A mode that differs is a change as well.
        let written = write(target, &[file("a", 0o600, "x")], Stale::Keep).unwrap();
        assert_eq!(written.changed, 1);
        let mode = fs::metadata(target.join("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_written_changes_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        write(target, &[file("a", 0o644, "old")], Stale::Keep).unwrap();
        fs::create_dir(target.join("b")).unwrap();
        let files = [file("a", 0o644, "new"), file("b", 0o644, "new")];
        let error = write(target, &files, Stale::Keep).unwrap_err();
        assert!(
            error.to_string().contains("a directory of that name"),
            "{error}"
        );
        assert_eq!(read(target, "a"), "old");
        assert_eq!(names(target), ["a", "b"]);
        // The same where the fault shows only while the files are written.
        let long = "x".repeat(300);
        let files = [
            file("a", 0o644, "new"),
            file("c", 0o644, "new"),
            file(&long, 0o644, ""),
        ];
        write(target, &files, Stale::Keep).unwrap_err();
        assert_eq!(read(target, "a"), "old");
        assert_eq!(names(target), ["a", "b"]);
        assert_eq!(hidden(target), 2);
    }

    #[test]
    fn links_are_replaced_and_never_followed() {
        let outside = tempfile::tempdir().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        let victim = outside.path().join("victim");
        fs::write(&victim, "kept").unwrap();
        symlink(outside.path(), target.join("d")).unwrap();
        symlink(&victim, target.join("f")).unwrap();
        symlink(outside.path(), target.join(DATA)).unwrap();
        let files = [file("d/victim", 0o644, "v"), file("f", 0o644, "v")];
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
        assert_eq!(names(outside.path()), ["victim"]);
        assert_eq!(
            (read(target, "d/victim"), read(target, "f")),
            ("v".into(), "v".into())
        );
        // What the link to the hidden directory could be made to name.
        for to in ["../x", "/etc", "f", "..", "."] {
            fs::remove_file(target.join(DATA)).unwrap();
            symlink(to, target.join(DATA)).unwrap();
            write(target, &files, Stale::Keep).unwrap();
            assert_eq!(read(target, "f"), "v", "{to}");
        }
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
    }

    #[test]
    fn what_a_killed_process_left_goes_and_stale_files_on_request() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        for left in ["..ascp-provider-0123", "..2026_11_20_10_00_00.1"] {
            fs::create_dir(target.join(left)).unwrap();
            fs::write(target.join(left).join("0"), "x").unwrap();
        }
        symlink("..nowhere", target.join("..ascp-provider-4567")).unwrap();
        symlink("..nowhere", target.join(DATA_TMP)).unwrap();
        fs::write(target.join("told"), "x").unwrap();
        fs::write(target.join("other"), "x").unwrap();
        let files = [
            file("a", 0o644, "x"),
            file("b", 0o644, "x"),
            file("d/c", 0o644, "x"),
        ];
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(names(target), ["a", "b", "d", "other", "told"]);
        assert_eq!(hidden(target), 2);
        let files = [file("a", 0o644, "y")];
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(names(target), ["a", "b", "d", "other", "told"]);
        assert_eq!(read(target, "d/c"), "x");
        // Driver 1.6.0 does not say what was mounted; what was is in the hidden directory.
        let written = write(target, &files, Stale::Remove(&[])).unwrap();
        assert_eq!((written.changed, written.removed), (0, 2));
        assert_eq!(names(target), ["a", "other", "told"]);
        let told = ["told".to_owned(), "../x".to_owned(), "a".to_owned()];
        let written = write(target, &files, Stale::Remove(&told)).unwrap();
        assert_eq!(written.removed, 1);
        assert_eq!(names(target), ["a", "other"]);
        assert_eq!(read(target, "a"), "y");
    }

    #[test]
    fn files_that_upstream_wrote_are_taken_over_at_their_first_change() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        for name in ["a", "b", "other"] {
            fs::write(target.join(name), name).unwrap();
            fs::set_permissions(target.join(name), Permissions::from_mode(0o644)).unwrap();
        }
        let inode = fs::metadata(target.join("a")).unwrap().ino();
        let files = [file("a", 0o644, "a"), file("b", 0o644, "b")];
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!(
            (written.changed, hidden(target)),
            (0, 0),
            "nothing has changed"
        );
        let files = [file("a", 0o644, "a"), file("b", 0o644, "new")];
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!((written.changed, written.unchanged), (1, 1));
        assert_eq!(fs::metadata(target.join("a")).unwrap().ino(), inode);
        assert!(fs::read_link(target.join("a")).is_ok());
        assert_eq!(read(target, "b"), "new");
        assert_eq!(names(target), ["a", "b", "other"]);
        assert_eq!(hidden(target), 2);
        // And given back: upstream renames its file over the link.
        fs::write(target.join("tmp"), "upstream").unwrap();
        fs::rename(target.join("tmp"), target.join("b")).unwrap();
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(read(target, "b"), "new");
    }

    #[test]
    fn a_volume_has_one_writer() {
        let directory = tempfile::tempdir().unwrap();
        let alone = Alone::with(directory.path()).unwrap();
        let error = write(directory.path(), &[], Stale::Keep).unwrap_err();
        assert!(error.to_string().contains("still writing"), "{error}");
        drop(alone);
        write(directory.path(), &[], Stale::Keep).unwrap();
    }
}
