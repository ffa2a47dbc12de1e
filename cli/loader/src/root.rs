//! The directory that a world must not leave: links and `..` are followed before they are judged.

use std::path::{Path, PathBuf};

/// The repository that holds a file; where there is none, the directory in which the program runs, if the file is below it, or the
/// file's own directory.
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
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        let here = here.ok().filter(|here| {
            let mut above = directory.iter();
            above.any(|directory| directory.starts_with(here))
        });
        Self {
            directory: repository.or(here).or(directory),
        }
    }

    /// A directory as a root of its own.
    pub fn within(directory: &Path) -> Self {
        Self {
            directory: directory.canonicalize().ok(),
        }
    }

    /// The path with all links followed, when it lies inside.
    pub(crate) fn check(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let Ok(canonical) = path.canonicalize() else {
            // What does not exist must not be told apart from what lies outside.
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
