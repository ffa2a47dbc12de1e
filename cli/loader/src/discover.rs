//! Finds the world file.

use super::{
    detect::is_world, door::Refused, loading::Loading, options::Options, path::display, root::Root,
};
use std::path::{Path, PathBuf};

/// The name of a world file that is read without being named.
pub(super) const WORLD_FILE: &str = "ascp-policy.yaml";

/// The inputs to read.
pub(super) enum Selection {
    /// A world file and what it includes.
    World(PathBuf),
    /// Everything under some paths.
    Paths(Vec<PathBuf>),
    /// Nothing that exists.
    Nothing,
}

/// The world that is named, at a path, or above it; else the paths themselves. Paths of two worlds are a problem.
pub(super) fn find(options: &Options, loading: &mut Loading) -> Selection {
    if let Some(world) = &options.world {
        return Selection::World(if world.is_dir() {
            world.join(WORLD_FILE)
        } else {
            world.clone()
        });
    }
    if options.paths.is_empty() && options.live.is_some() {
        return Selection::Nothing;
    }
    let named = if options.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        options.paths.clone()
    };
    let mut paths = Vec::new();
    for path in named {
        if path.as_os_str() == "-" || path.exists() {
            let world = world_of(&path);
            paths.push((path, world));
        } else {
            let name = display(&path);
            loading.file_problem(&name, format!("`{name}` does not exist"), None);
        }
    }
    let Some(world) = paths.iter().find_map(|(_, world)| world.clone()) else {
        let paths: Vec<PathBuf> = paths.into_iter().map(|(path, _)| path).collect();
        return if paths.is_empty() {
            Selection::Nothing
        } else {
            Selection::Paths(paths)
        };
    };
    // What one path names does not hide the others.
    for (path, own) in &paths {
        let is_inside = own.as_ref().is_some_and(|own| is_same(own, &world));
        if !is_inside {
            let (name, world) = (display(path), display(&world));
            let message = format!("`{name}` does not belong to the world `{world}`");
            let help = "name one world, or paths without a world, in a run of their own";
            loading.file_problem(&name, message, Some(help));
        }
    }
    if paths.iter().any(|(path, _)| is_same(path, &world)) {
        return Selection::World(world);
    }
    discovered(world, loading)
}

/// The world file that a path is, contains, or is below.
fn world_of(path: &Path) -> Option<PathBuf> {
    let inside = path.join(WORLD_FILE);
    if inside.is_file() {
        return Some(inside);
    }
    if path.is_file() && is_world(path) {
        return Some(path.to_path_buf());
    }
    above(path)
}

/// Whether two paths lead to one file.
fn is_same(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}

/// A world file that the user did not name; a link may lead it out of the repository.
fn discovered(world: PathBuf, loading: &mut Loading) -> Selection {
    if Root::of(&world).check(&world).is_ok() {
        return Selection::World(world);
    }
    let name = display(&world);
    let message = format!("`{name}` {}", Refused::Outside);
    loading.file_problem(&name, message, Refused::Outside.help());
    Selection::Nothing
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
