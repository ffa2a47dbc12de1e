//! Paths as people write them.

use std::path::{Component, Path, PathBuf};

/// A path as people write it from the working directory.
pub fn display(path: &Path) -> String {
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
pub(crate) fn clean(path: &Path) -> PathBuf {
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

/// `cluster.yaml in ecs`: a slash would begin the path of a role.
pub(crate) fn within(path: &Path) -> String {
    let mut steps: Vec<_> = path
        .components()
        .filter(|step| matches!(step, Component::Normal(_) | Component::ParentDir))
        .map(|step| step.as_os_str().to_string_lossy())
        .collect();
    steps.reverse();
    steps.join(" in ")
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
