//! Writes the files of a mount: a volume shows its old files or its new files, never a mix, also if the process is killed.
//!
//! A hidden directory contains the files, links into it have the names of the files, and one rename of the link `..data` switches to
//! another hidden directory:
//!
//! ```text
//! db        -> ..data/db
//! ..data    -> ..ascp-provider-5be0c1/
//! ..ascp-provider-5be0c1/db
//! ```
//!
//! With `--driver-writes-secrets` the driver writes the same layout (secrets-store-csi-driver v1.6.0, `pkg/util/fileutil/atomic_writer.go`;
//! kubelet does so for ConfigMaps), and it reads this layout for its Kubernetes Secrets (`filesystem.go`). A volume can therefore change
//! between the two write modes. An unchanged file is a hard link to the previous file: it keeps inode, content and mode.

mod alone;
mod error;
mod staging;
mod volume;

pub(crate) use error::WriteError;
pub(crate) use volume::Stale;

use crate::fetch::OutputFile;
use alone::Alone;
use error::at;
use std::{
    collections::BTreeMap,
    fs::{File, FileTimes},
    io,
    path::Path,
    time::SystemTime,
};
use volume::Volume;

/// The number of files per result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Files that were written.
    pub(crate) changed: usize,
    /// Files that already had the content and the mode.
    pub(crate) unchanged: usize,
    /// Files that were removed.
    pub(crate) removed: usize,
}

/// Writes the files; if two have the same name, the last one wins.
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
        // Until the switch these links lead nowhere: a container sees no file there.
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

/// Sets the modification time of the directory, from which the driver computes its poll interval (DEV-14).
pub(crate) fn renew(target: &Path) -> io::Result<()> {
    let times = FileTimes::new().set_modified(SystemTime::now());
    File::open(target)?.set_times(times)
}

#[cfg(test)]
mod tests {
    use super::{
        volume::{DATA, DATA_TMP},
        *,
    };
    use crate::secret_value::SecretValue;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    };

    fn file(name: &str, mode: u32, content: &str) -> OutputFile {
        OutputFile {
            name: name.to_owned(),
            mode,
            version: "1".to_owned(),
            content: SecretValue::new(content.into()),
        }
    }

    /// The entries of a volume that the driver does not ignore.
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
    fn unchanged_files_keep_their_inode_and_the_directory_gets_a_new_time() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "y")];
        write(target, &files, Stale::Keep).unwrap();
        let inode = |name| fs::metadata(target.join(name)).unwrap().ino();
        let (a, b) = (inode("a"), inode("b"));
        // The time of its content, and that of its links and mode.
        let times = |name| {
            let facts = fs::metadata(target.join(name)).unwrap();
            let content = (facts.mtime(), facts.mtime_nsec());
            (content, (facts.ctime(), facts.ctime_nsec()))
        };
        let (times_of_a, times_of_b) = (times("a"), times("b"));
        let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        let age = || File::open(target).unwrap().set_times(old).unwrap();
        age();
        let data = || fs::read_link(target.join(DATA)).unwrap();
        let before = data();
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!((written.changed, written.unchanged), (0, 2));
        assert_eq!((inode("a"), inode("b"), data()), (a, b, before));
        assert_eq!((times("a"), times("b")), (times_of_a, times_of_b));
        assert!(fs::metadata(target).unwrap().mtime() > 0);
        age();
        let files = [file("a", 0o640, "x"), file("b", 0o644, "z")];
        let written = write(target, &files, Stale::Keep).unwrap();
        assert_eq!((written.changed, written.unchanged), (1, 1));
        assert_eq!((inode("a"), times("a").0), (a, times_of_a.0));
        assert_eq!(read(target, "a"), "x");
        assert_ne!(inode("b"), b);
        assert!(fs::metadata(target).unwrap().mtime() > 0);
        assert_eq!(names(target), ["a", "b"]);
        assert_eq!(hidden(target), 2);
        // Another mode is a change as well.
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
            error.to_string().contains("a directory has this name"),
            "{error}"
        );
        assert_eq!(read(target, "a"), "old");
        assert_eq!(names(target), ["a", "b"]);
        // The same if the error occurs while the files are written.
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
        // Targets that a container with write access could give to the link.
        for to in ["../x", "/etc", "f", "..", "."] {
            fs::remove_file(target.join(DATA)).unwrap();
            symlink(to, target.join(DATA)).unwrap();
            write(target, &files, Stale::Keep).unwrap();
            assert_eq!(read(target, "f"), "v", "{to}");
        }
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");
    }

    #[test]
    fn left_over_directories_are_removed_and_stale_files_only_on_request() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path();
        for left in ["..ascp-provider-0123", "..2026_11_20_10_00_00.1"] {
            fs::create_dir(target.join(left)).unwrap();
            fs::write(target.join(left).join("0"), "x").unwrap();
        }
        symlink("..nowhere", target.join("..ascp-provider-4567")).unwrap();
        symlink("..nowhere", target.join(DATA_TMP)).unwrap();
        fs::write(target.join("reported"), "x").unwrap();
        fs::write(target.join("other"), "x").unwrap();
        let files = [
            file("a", 0o644, "x"),
            file("b", 0o644, "x"),
            file("d/c", 0o644, "x"),
        ];
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(names(target), ["a", "b", "d", "other", "reported"]);
        assert_eq!(hidden(target), 2);
        let files = [file("a", 0o644, "y")];
        write(target, &files, Stale::Keep).unwrap();
        assert_eq!(names(target), ["a", "b", "d", "other", "reported"]);
        assert_eq!(read(target, "d/c"), "x");
        // Driver 1.6.0 does not send the mounted files; the hidden directory contains them.
        let written = write(target, &files, Stale::Remove(&[])).unwrap();
        assert_eq!((written.changed, written.removed), (0, 2));
        assert_eq!(names(target), ["a", "other", "reported"]);
        let reported = ["reported".to_owned(), "../x".to_owned(), "a".to_owned()];
        let written = write(target, &files, Stale::Remove(&reported)).unwrap();
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
        // Upstream takes the volume back: it renames its file over the link.
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
