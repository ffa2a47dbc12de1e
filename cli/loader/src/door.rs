//! The one door through which files are read: within the repository, regular, and never more than their bound.

use crate::{
    decode,
    root::{Refusal, Root},
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Why a file is not read; no text of it is repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Nothing has this name.
    #[error("no such file")]
    Missing,
    /// Its name, or a link in its name, leads out of the repository.
    #[error("leads out of the repository and is not read")]
    Outside,
    /// It is a directory, a device, a pipe or a socket.
    #[error("not a regular file")]
    Irregular,
    /// It has more bytes than are read.
    #[error("larger than {} MiB", .0 / 1024 / 1024)]
    TooLarge(u64),
    /// Its bytes are not text, with the offset.
    #[error("{0}")]
    NotText(String),
    /// The system does not allow it.
    #[error("permission denied")]
    Forbidden,
    /// The system fails.
    #[error("cannot be read: {0}")]
    Failed(io::Error),
}

/// The bytes of a file that something in the repository names: links are followed before it is judged where it lies.
pub fn read_inside(root: &Root, path: &Path, most: u64) -> Result<Vec<u8>, Refused> {
    let canonical = root.check(path).map_err(|refusal| match refusal {
        Refusal::Missing => Refused::Missing,
        Refusal::Outside => Refused::Outside,
    })?;
    bounded(regular(&canonical)?, most)
}

/// The bytes of a file that the user names: it may lie anywhere.
pub fn read_named(path: &Path, most: u64) -> Result<Vec<u8>, Refused> {
    bounded(regular(path)?, most)
}

/// A file or pipe that the user names, to be read piece by piece; a pipe may be the output of another program.
pub fn stream_named(path: &Path) -> Result<File, Refused> {
    if !is_pipe(&path.metadata()?) {
        return regular(path);
    }
    // Waits for the program at the other end.
    let file = File::open(path)?;
    if is_pipe(&file.metadata()?) {
        Ok(file)
    } else {
        Err(Refused::Irregular)
    }
}

/// The first bytes of a file that the user names.
pub fn beginning(path: &Path, most: u64) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    regular(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of bytes, in the encodings that every file may have.
pub fn text(bytes: Vec<u8>) -> Result<String, Refused> {
    decode::text(bytes).map_err(|error| Refused::NotText(error.message))
}

/// Opens a regular file. The check uses the open handle, so that an exchange of the file between check and read has no effect.
fn regular(path: &Path) -> Result<File, Refused> {
    let file = open(path)?;
    let data = file.metadata()?;
    if data.is_file() {
        Ok(file)
    } else {
        Err(Refused::Irregular)
    }
}

/// Opens without waiting for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn is_pipe(data: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&data.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

/// Reads to a bound; the size that a file states may be wrong.
fn bounded(file: File, most: u64) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Refused::TooLarge(most));
    }
    Ok(bytes)
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Failed(error),
        }
    }
}

impl Refused {
    /// The change that helps.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge(_) => Some("split the file"),
            Self::NotText(_) => Some("save the file as UTF-8"),
            Self::Outside => {
                Some("copy the file into the repository, or name it on the command line")
            }
            Self::Missing | Self::Irregular | Self::Forbidden | Self::Failed(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn what_lies_outside_or_is_no_file_is_refused() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("repository");
        fs::create_dir_all(inside.join(".git")).unwrap();
        fs::write(folder.path().join("outside"), "secret").unwrap();
        fs::write(inside.join("file"), "text").unwrap();
        symlink("../outside", inside.join("link")).unwrap();
        symlink("file", inside.join("own")).unwrap();
        symlink("/dev/zero", inside.join("zero")).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, inside.join("pipe"), mode).unwrap();
        let root = Root::of(&inside.join("ascp-policy.toml"));
        let read = |name: &str| read_inside(&root, &inside.join(name), 4);
        assert_eq!(read("file").unwrap(), b"text");
        assert_eq!(read("own").unwrap(), b"text");
        for name in ["link", "zero", "../outside"] {
            assert!(matches!(read(name), Err(Refused::Outside)), "{name}");
        }
        assert!(matches!(read("pipe"), Err(Refused::Irregular)));
        assert!(matches!(read("nothing"), Err(Refused::Missing)));
        assert!(matches!(
            read_inside(&root, &inside.join("file"), 3),
            Err(Refused::TooLarge(3))
        ));
        assert!(matches!(
            read_named(Path::new("/dev/zero"), 3),
            Err(Refused::Irregular)
        ));
        assert_eq!(read_named(&inside.join("link"), 9).unwrap(), b"secret");
        for no_stream in ["/dev/zero", "/dev"] {
            let refused = stream_named(Path::new(no_stream)).err();
            assert!(matches!(refused, Some(Refused::Irregular)), "{no_stream}");
        }
        let (pipe, mut text) = (inside.join("pipe"), String::new());
        std::thread::scope(|scope| {
            scope.spawn(|| fs::write(&pipe, "from a program").unwrap());
            let mut stream = stream_named(&pipe).unwrap();
            stream.read_to_string(&mut text).unwrap();
        });
        assert_eq!(text, "from a program");
    }
}
