//! The directory that a world must not leave: links and `..` are followed before they are judged.

use std::path::{Path, PathBuf};

/// The repository that holds a file, or the file's own directory where there is none.
#[derive(Clone)]
pub struct Root {
    directory: Option<PathBuf>,
}

/// Why a path is not read.
pub(crate) enum Refusal {
    /// There is nothing.
    Missing,
    /// It lies outside.
    Outside,
}

impl Root {
    /// The root of a file.
    pub fn of(world: &Path) -> Self {
        let parent = world
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let directory = parent.canonicalize().ok();
        let repository = directory.as_ref().and_then(|directory| {
            directory
                .ancestors()
                .find(|ancestor| ancestor.join(".git").exists())
                .map(Path::to_path_buf)
        });
        Self {
            directory: repository.or(directory),
        }
    }

    /// A directory as a root of its own.
    pub fn within(directory: &Path) -> Self {
        Self {
            directory: directory.canonicalize().ok(),
        }
    }

    /// The root of a file in a directory that the user names: without a repository it is that directory.
    pub(crate) fn among(named: &[PathBuf], file: &Path) -> Self {
        let own = Self::of(file);
        let is_repository = own.directory.iter().any(|root| root.join(".git").exists());
        if is_repository {
            return own;
        }
        let named = named.iter().filter_map(|path| path.canonicalize().ok());
        let mut above = named.filter(|named| {
            let mut own = own.directory.iter();
            named.is_dir() && own.any(|own| own.starts_with(named))
        });
        match above.next() {
            Some(directory) => Self {
                directory: Some(directory),
            },
            None => own,
        }
    }

    /// A path from the root, with all links followed, when it lies inside.
    pub(crate) fn below(&self, path: &Path) -> Option<PathBuf> {
        let directory = self.directory.as_ref()?;
        self.check(&directory.join(path)).ok()
    }

    /// The path with all links followed, when it lies inside.
    pub(crate) fn check(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let Ok(canonical) = path.canonicalize() else {
            // The error must not reveal whether a path outside exists.
            let outside = self
                .directory
                .as_ref()
                .zip(std::path::absolute(path).ok())
                .is_some_and(|(root, path)| !crate::path::clean(&path).starts_with(root));
            return Err(if outside {
                Refusal::Outside
            } else {
                Refusal::Missing
            });
        };
        match &self.directory {
            Some(root) if canonical.starts_with(root) => Ok(canonical),
            _ => Err(Refusal::Outside),
        }
    }
}
