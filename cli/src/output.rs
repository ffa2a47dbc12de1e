//! Files that the program writes: a new file beside the old file, then renamed, so that a reader sees one of the two whole.
//!
//! A link is never followed: it is replaced, or refused if it is a directory on the way to the file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Component, Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile};

/// A file that is being written; without [`Output::finish`] nothing changes.
pub(crate) enum Output {
    /// A terminal, a pipe or another device that the user names.
    Device(File),
    /// A new file, and the name that it gets.
    Beside(NamedTempFile, PathBuf),
}

impl Output {
    /// Begins a file.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        if is_device(path) {
            return OpenOptions::new().write(true).open(path).map(Self::Device);
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        stays(directory)?;
        let mut builder = Builder::new();
        builder.prefix(".ascp-policy-");
        // The mode of the old file, else what the process allows.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(directory)?;
        if let Ok(old) = fs::symlink_metadata(path)
            && old.is_file()
        {
            file.as_file().set_permissions(old.permissions())?;
        }
        Ok(Self::Beside(file, path.to_path_buf()))
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Device(mut file) => file.flush(),
            Self::Beside(mut file, path) => {
                file.flush()?;
                file.persist(path)?;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Device(file) => file.write(bytes),
            Self::Beside(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Device(file) => file.flush(),
            Self::Beside(file, _) => file.flush(),
        }
    }
}

/// Replaces a file, or makes it.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut output = Output::create(path)?;
    output.write_all(text.as_bytes())?;
    output.finish()
}

/// Makes a file that must not exist.
pub(crate) fn create_new(path: &Path, text: &str) -> io::Result<()> {
    let mut output = Output::create(path)?;
    output.write_all(text.as_bytes())?;
    match output {
        Output::Device(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Output::Beside(file, path) => {
            file.persist_noclobber(path)?;
            Ok(())
        }
    }
}

/// Whether a path names a device or a pipe itself; `/dev/stdout` is a link of the system.
fn is_device(path: &Path) -> bool {
    let is_named = path.starts_with("/dev")
        || fs::symlink_metadata(path).is_ok_and(|data| !data.file_type().is_symlink());
    is_named && fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// Refuses a directory that seems to lie below the working directory, and is a link out of it.
fn stays(directory: &Path) -> io::Result<()> {
    let seems_below = directory
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !seems_below {
        return Ok(());
    }
    if directory
        .canonicalize()?
        .starts_with(Path::new(".").canonicalize()?)
    {
        return Ok(());
    }
    let message = format!(
        "the link `{}` leads out of this directory",
        directory.display()
    );
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_link_is_replaced_and_its_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "old");
        assert_eq!(fs::read_to_string(&link).unwrap(), "new");
        assert!(
            !fs::symlink_metadata(&link)
                .unwrap()
                .file_type()
                .is_symlink()
        );
    }

    #[test]
    fn a_file_keeps_its_mode_and_no_other_file_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, "new").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
        drop(Output::create(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_exists_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        create_new(&path, "one").unwrap();
        let again = create_new(&path, "two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        symlink("nowhere", folder.path().join("link")).unwrap();
        assert!(create_new(&folder.path().join("link"), "x").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }
}
