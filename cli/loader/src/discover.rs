//! Finds the world file, and names files as people see them from where the program runs.

use super::{Options, loading::Loading, open};
use std::path::{Component, Path, PathBuf};

/// The name under which a world file is found without being named.
pub(super) const WORLD_FILE: &str = "ascp-policy.yaml";

/// What is to be read.
pub(super) enum Found {
    /// A world file and what it includes.
    World(PathBuf),
    /// Everything under some paths.
    Paths(Vec<PathBuf>),
    /// Nothing that exists.
    Nothing,
}

/// The world that is named, that stands at a path, or that stands above the first one; else the paths themselves.
pub(super) fn find(options: &Options, loading: &mut Loading) -> Found {
    if let Some(world) = &options.world {
        return Found::World(if world.is_dir() {
            world.join(WORLD_FILE)
        } else {
            world.clone()
        });
    }
    if options.paths.is_empty() && options.live.is_some() {
        return Found::Nothing;
    }
    let named = if options.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        options.paths.clone()
    };
    let mut paths = Vec::new();
    for path in named {
        if path.as_os_str() == "-" {
            paths.push(path);
            continue;
        }
        let inside = path.join(WORLD_FILE);
        if inside.is_file() {
            return Found::World(inside);
        }
        if path.is_file() && open::is_world(&path) {
            return Found::World(path);
        }
        if path.exists() {
            paths.push(path);
        } else {
            let name = display(&path);
            loading.file_problem(&name, format!("`{name}` does not exist"), None);
        }
    }
    match paths.first().and_then(|first| above(first)) {
        Some(world) => Found::World(world),
        None if paths.is_empty() => Found::Nothing,
        None => Found::Paths(paths),
    }
}

/// The world file in a directory above a path, not farther up than the repository's root.
fn above(path: &Path) -> Option<PathBuf> {
    if path.as_os_str() == "-" {
        return None;
    }
    let absolute = std::path::absolute(path).ok()?;
    for directory in absolute.ancestors() {
        let world = directory.join(WORLD_FILE);
        if world.is_file() {
            // A link may lead a path out of the directory it seems to be in.
            let within = path
                .canonicalize()
                .ok()?
                .starts_with(directory.canonicalize().ok()?);
            return within.then(|| PathBuf::from(display(&world)));
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}

/// A path as people write it from the working directory.
pub(super) fn display(path: &Path) -> String {
    let path = clean(path);
    if path.is_relative() {
        return path.display().to_string();
    }
    let Ok(here) = std::env::current_dir() else {
        return path.display().to_string();
    };
    relative(&path, &here).display().to_string()
}

/// A path as seen from a directory; unchanged when both share only the root.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let shared = path
        .components()
        .zip(from.components())
        .take_while(|(left, right)| left == right)
        .count();
    if shared <= 1 {
        return path.to_path_buf();
    }
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    if relative.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        relative
    }
}

/// A path without `.` and without a directory that is left again.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) =>
            {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    if cleaned.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        cleaned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_working_directory() {
        let name = |path: &str| {
            relative(Path::new(path), Path::new("/repo/k8s"))
                .display()
                .to_string()
        };
        assert_eq!(name("/repo/k8s/a.yaml"), "a.yaml");
        assert_eq!(name("/repo/ascp-policy.yaml"), "../ascp-policy.yaml");
        assert_eq!(name("/tmp/x"), "/tmp/x");
        assert_eq!(clean(Path::new("./a/../b/./c")), PathBuf::from("b/c"));
        assert_eq!(clean(Path::new("../a")), PathBuf::from("../a"));
        assert_eq!(clean(Path::new("./")), PathBuf::from("."));
    }
}
