//! The files of a directory that may matter.

use crate::{
    discover::WORLD_FILE,
    kustomize,
    loading::Loading,
    open,
    open::MAX_FILES,
    opened::report,
    path::display,
    root::Root,
    suspect,
    tracked::{self, TrackedKind, Unusable},
    unread,
};
use ignore::DirEntry;
use policy_engine::source::Origin;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// The extensions of the files that are read in a directory.
const EXTENSIONS: [&str; 5] = ["yaml", "yml", "json", "tfstate", "template"];
/// The most ignored files that are examined.
const MAX_IGNORED: usize = 256;

/// How many bytes of `.gitignore` files one walk reads.
const MAX_IGNORE_FILES: u64 = 1024 * 1024;

/// The contents of a directory, as far as they matter.
#[derive(Default)]
struct Contents {
    files: Vec<PathBuf>,
    /// Files that have no extension of an input, but may be inputs.
    disguised: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    nested: Vec<PathBuf>,
    links: Vec<PathBuf>,
    kustomizations: Vec<PathBuf>,
}

/// The files of a directory that may matter, in the order of their names.
///
/// What Git ignores is left out, unless Git tracks it or an include names the directory: rendered manifests and dumps are often ignored.
pub(crate) fn walk(
    loading: &mut Loading,
    directory: &Path,
    because: Option<Origin>,
) -> Vec<PathBuf> {
    let mut contents = entries(loading, directory, because, Start::Repository);
    if because.is_none() {
        add_tracked(loading, directory, &mut contents);
        ignored(loading, &contents);
    }
    follow(loading, directory, &mut contents);
    contents.files.sort();
    for path in &contents.disguised {
        if let Some(unread) = suspect::disguised(path) {
            loading.unread_file(&display(path), unread);
        }
    }
    loading.nested.append(&mut contents.nested);
    kustomize::set_aside(loading, contents.files, &contents.kustomizations)
}

/// What Git tracks is read although Git ignores it, and named if it is not there.
fn add_tracked(loading: &mut Loading, directory: &Path, contents: &mut Contents) {
    let known: HashSet<&PathBuf> = contents.files.iter().chain(&contents.disguised).collect();
    let is_apart = |path: &Path| contents.nested.iter().any(|world| path.starts_with(world));
    let mut more = Contents::default();
    let all = tracked::below(directory).unwrap_or_else(|Unusable(how)| {
        loading.unread_file(
            &format!("{} (index)", display(directory)),
            unread::index(how),
        );
        Vec::new()
    });
    for tracked in all {
        let path = tracked.path;
        if known.contains(&path) || is_apart(&path) {
            continue;
        }
        let unread = match tracked.kind {
            TrackedKind::Submodule => unread::submodule(&path),
            TrackedKind::Sparse if is_candidate(&path) && !path.exists() => Some(unread::sparse()),
            TrackedKind::SparseFolder => Some(unread::sparse()),
            TrackedKind::Sparse | TrackedKind::File => None,
        };
        if let Some(unread) = unread {
            loading.unread_file(&display(&path), unread);
            continue;
        }
        match fs::symlink_metadata(&path) {
            Ok(data) if data.is_symlink() => more.links.push(path),
            Ok(data) if data.is_file() => more.file(loading, path),
            _ => {}
        }
    }
    let links: HashSet<PathBuf> = contents.links.iter().cloned().collect();
    more.links.retain(|link| !links.contains(link));
    contents.links.append(&mut more.links);
    contents.files.append(&mut more.files);
    contents.disguised.append(&mut more.disguised);
    contents.kustomizations.append(&mut more.kustomizations);
}

/// Whose directory a walk begins in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// A directory of the repository, which may be a world.
    Repository,
    /// The directory of a world that is read.
    World,
}

fn entries(
    loading: &mut Loading,
    directory: &Path,
    because: Option<Origin>,
    start: Start,
) -> Contents {
    let by_git = because.is_none();
    let ignored = Ignored::above(directory);
    let mut walked: Vec<_> = walk_by(directory, by_git, &ignored).collect();
    if by_git && let Some(path) = ignored.too_large() {
        loading.unread_file(&display(&path), unread::ignore_file());
        walked = walk_by(directory, false, &ignored).collect();
    }
    let mut contents = Contents::default();
    for entry in walked {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let name = display(directory);
                let message = format!("`{name}` cannot be read: {error}");
                report(loading, &name, because, message, None);
                continue;
            }
        };
        // A directory with a world of its own is read according to that world.
        let mut worlds = contents.nested.iter();
        if by_git && worlds.any(|world| entry.path().starts_with(world)) {
            continue;
        }
        let is_own = entry.depth() == 0 && start == Start::World;
        if by_git && !is_own && entry.path().join(WORLD_FILE).is_file() {
            contents.nested.push(entry.into_path());
            continue;
        }
        contents.take(loading, entry);
        if contents.files.len() > MAX_FILES {
            break;
        }
    }
    contents
}

/// The entries below a directory.
fn walk_by(
    directory: &Path,
    by_git: bool,
    ignored: &Ignored,
) -> impl Iterator<Item = Result<DirEntry, ignore::Error>> {
    let ignored = ignored.clone();
    ignore::WalkBuilder::new(directory)
        .hidden(false)
        .ignore(false)
        .git_ignore(by_git && ignored.too_large().is_none())
        .git_exclude(by_git)
        .git_global(by_git)
        .parents(by_git)
        .filter_entry(move |entry| {
            let is_too_much = by_git && ignored.adds(entry.path());
            !is_passed(entry) && !is_too_much
        })
        .sort_by_file_name(Ord::cmp)
        .build()
}

/// The sizes of the `.gitignore` files of a walk: each line of them is compiled.
#[derive(Clone, Default)]
struct Ignored(Arc<Mutex<(u64, Option<PathBuf>)>>);

impl Ignored {
    /// Those of a directory and of the directories above it.
    fn above(directory: &Path) -> Self {
        let ignored = Self::default();
        let absolute = std::path::absolute(directory).unwrap_or_default();
        for folder in absolute.ancestors() {
            ignored.adds(folder);
        }
        ignored
    }

    /// Adds that of a directory; whether all together are too large.
    fn adds(&self, folder: &Path) -> bool {
        let path = folder.join(".gitignore");
        let Ok(size) = fs::metadata(&path).map(|data| data.len()) else {
            return false;
        };
        let Ok(mut all) = self.0.lock() else {
            return false;
        };
        all.0 = all.0.saturating_add(size);
        if all.0 > MAX_IGNORE_FILES {
            all.1.get_or_insert(path);
        }
        all.1.is_some()
    }

    /// The first with which they are too large.
    fn too_large(&self) -> Option<PathBuf> {
        let all = self.0.lock().ok()?;
        all.1.clone()
    }
}

/// Directories that hold nothing of the repository.
fn is_passed(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_below = entry.depth() > 0;
    is_directory && is_below && matches!(name, b".git" | b".terraform")
}

impl Contents {
    fn take(&mut self, loading: &mut Loading, entry: DirEntry) {
        let Some(kind) = entry.file_type() else {
            return;
        };
        if kind.is_dir() {
            self.folders.push(entry.into_path());
        } else if kind.is_symlink() {
            self.links.push(entry.into_path());
        } else if kind.is_file() {
            self.file(loading, entry.into_path());
        } else if is_candidate(entry.path()) {
            loading.unread_file(&display(entry.path()), unread::irregular());
        }
    }

    fn file(&mut self, loading: &mut Loading, path: PathBuf) {
        if kustomize::is_kustomization(&path) {
            self.kustomizations.push(path.clone());
        }
        if is_candidate(&path) {
            self.files.push(path);
        } else if let Some(unread) = unread::binary_plan(&path) {
            loading.unread_file(&display(&path), unread);
        } else if suspect::may_be_disguised(&path) {
            self.disguised.push(path);
        }
    }
}

/// Follows each link once: to a file of the repository, or to a folder of it that is not walked anyway.
fn follow(loading: &mut Loading, directory: &Path, contents: &mut Contents) {
    if contents.links.is_empty() {
        return;
    }
    let root = Root::of(&directory.join(WORLD_FILE));
    let whole = directory.canonicalize().unwrap_or_default();
    let known = contents
        .files
        .iter()
        .filter_map(|file| file.canonicalize().ok());
    let mut known: HashSet<PathBuf> = known.collect();
    for link in std::mem::take(&mut contents.links) {
        let Ok(target) = link.canonicalize() else {
            continue;
        };
        if root.check(&link).is_err() {
            if is_candidate(&link) || target.is_dir() {
                loading.unread_file(&display(&link), unread::outside());
            }
        } else if target.is_file() && is_candidate(&link) && known.insert(target.clone()) {
            contents.files.push(link);
        } else if target.is_dir() && !target.starts_with(&whole) && !whole.starts_with(&target) {
            let inner = entries(loading, &link, None, Start::Repository);
            let new = inner.files.into_iter();
            contents.files.extend(
                new.filter(|file| file.canonicalize().is_ok_and(|file| known.insert(file))),
            );
        }
    }
}

/// Names plans, states and saved answers that Git ignores beside what is read.
fn ignored(loading: &mut Loading, contents: &Contents) {
    let known: HashSet<&PathBuf> = contents.files.iter().collect();
    let mut left = MAX_IGNORED;
    for folder in &contents.folders {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        let mut paths: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        let new = paths
            .iter()
            .filter(|path| !known.contains(path) && path.is_file());
        for path in new.take(left).cloned().collect::<Vec<_>>() {
            left = left.saturating_sub(1);
            let is_link = fs::symlink_metadata(&path).is_ok_and(|data| data.is_symlink());
            if let Some(unread) = unread::ignored(&path).filter(|_| !is_link) {
                loading.unread_file(&display(&path), unread);
            }
        }
    }
}

/// Names the files below the directory of a world that hold facts of this job and that the world does not include.
pub(crate) fn beside(loading: &mut Loading, world: &Path) {
    let is_world_file = world.file_name().is_some_and(|name| name == WORLD_FILE);
    let (true, Some(directory)) = (is_world_file, world.parent()) else {
        return;
    };
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    let mut contents = entries(loading, directory, None, Start::World);
    add_tracked(loading, directory, &mut contents);
    follow(loading, directory, &mut contents);
    let nested = contents.nested.iter().map(|nested| nested.join(WORLD_FILE));
    contents.files.extend(nested);
    contents.files.sort();
    for path in contents.files.iter().filter(|path| *path != world) {
        let name = display(path);
        if !loading.is_read(&name) && suspect::is_ours_file(path) {
            loading.unread_file(&name, unread::beside(world));
        }
    }
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
        || open::kind_by_extension(path).is_some()
}
