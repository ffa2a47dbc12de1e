//! The files of a directory that may matter.

use crate::{
    discover::WORLD_FILE, kustomize, loading::Loading, open, open::MAX_FILES, opened::report,
    path::display, root::Root, tracked, unread,
};
use ignore::DirEntry;
use policy_engine::source::Origin;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// The extensions of files that are looked at in a directory.
const EXTENSIONS: [&str; 4] = ["yaml", "yml", "json", "tfstate"];
/// How many files that Git ignores are looked at.
const MAX_IGNORED: usize = 256;

/// What a walk came by.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
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
    let by_git = because.is_none();
    let mut entries = list(loading, directory, because);
    if by_git {
        let known: HashSet<&PathBuf> = entries.files.iter().collect();
        let tracked = tracked::below(directory).into_iter();
        let more: Vec<_> = tracked
            .filter(|path| is_candidate(path) && !known.contains(path))
            .filter(|path| !entries.nested.iter().any(|world| path.starts_with(world)))
            .filter(|path| fs::symlink_metadata(path).is_ok_and(|data| data.is_file()))
            .collect();
        entries.kustomizations.extend(
            more.iter()
                .filter(|path| kustomize::is_kustomization(path))
                .cloned(),
        );
        entries.files.extend(more);
        ignored(loading, &entries);
    }
    follow(loading, directory, &mut entries);
    entries.files.sort();
    for world in &entries.nested {
        beside(loading, world);
    }
    loading.nested.append(&mut entries.nested);
    kustomize::set_aside(loading, entries.files, &entries.kustomizations)
}

fn list(loading: &mut Loading, directory: &Path, because: Option<Origin>) -> Found {
    let by_git = because.is_none();
    let walker = ignore::WalkBuilder::new(directory)
        .hidden(false)
        .ignore(false)
        .git_ignore(by_git)
        .git_exclude(by_git)
        .git_global(by_git)
        .parents(by_git)
        .filter_entry(|entry| !is_passed(entry))
        .sort_by_file_name(Ord::cmp)
        .build();
    let mut entries = Found::default();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let name = display(directory);
                let message = format!("`{name}` cannot be read: {error}");
                report(loading, &name, because, message, None);
                continue;
            }
        };
        // A directory with a world of its own is read as that world says.
        let mut worlds = entries.nested.iter();
        if by_git && worlds.any(|world| entry.path().starts_with(world)) {
            continue;
        }
        if by_git && entry.path().join(WORLD_FILE).is_file() {
            entries.nested.push(entry.into_path());
            continue;
        }
        entries.take(loading, entry);
        if entries.files.len() > MAX_FILES {
            break;
        }
    }
    entries
}

/// Directories that hold nothing of the repository.
fn is_passed(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_below = entry.depth() > 0;
    is_directory && is_below && matches!(name, b".git" | b".terraform")
}

impl Found {
    fn take(&mut self, loading: &mut Loading, entry: DirEntry) {
        let Some(kind) = entry.file_type() else {
            return;
        };
        if kind.is_dir() {
            self.folders.push(entry.into_path());
        } else if kind.is_symlink() {
            self.links.push(entry.into_path());
        } else if kind.is_file() {
            let path = entry.into_path();
            if kustomize::is_kustomization(&path) {
                self.kustomizations.push(path.clone());
            }
            if is_candidate(&path) {
                self.files.push(path);
            } else if let Some(unread) = unread::binary_plan(&path) {
                loading.unread_file(&display(&path), unread);
            }
        }
    }
}

/// Follows each link once: to a file of the repository, or to a folder of it that is not walked anyway.
fn follow(loading: &mut Loading, directory: &Path, entries: &mut Found) {
    if entries.links.is_empty() {
        return;
    }
    let root = Root::of(&directory.join(WORLD_FILE));
    let whole = directory.canonicalize().unwrap_or_default();
    let known = entries
        .files
        .iter()
        .filter_map(|file| file.canonicalize().ok());
    let mut known: HashSet<PathBuf> = known.collect();
    for link in std::mem::take(&mut entries.links) {
        let Ok(target) = link.canonicalize() else {
            continue;
        };
        if root.check(&link).is_err() {
            if is_candidate(&link) {
                loading.unread_file(&display(&link), unread::outside());
            }
        } else if target.is_file() && is_candidate(&link) && known.insert(target.clone()) {
            entries.files.push(link);
        } else if target.is_dir() && !target.starts_with(&whole) && !whole.starts_with(&target) {
            let inner = list(loading, &link, None);
            let new = inner.files.into_iter();
            entries.files.extend(
                new.filter(|file| file.canonicalize().is_ok_and(|file| known.insert(file))),
            );
        }
    }
}

/// Names plans, states and saved answers that Git ignores beside what is read.
fn ignored(loading: &mut Loading, entries: &Found) {
    let known: HashSet<&PathBuf> = entries.files.iter().collect();
    let mut left = MAX_IGNORED;
    for folder in &entries.folders {
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

/// Names the files beside a world of its own that hold facts of this job; those that the world includes are read with it.
fn beside(loading: &mut Loading, world: &Path) {
    let walker = ignore::WalkBuilder::new(world)
        .hidden(false)
        .ignore(false)
        .filter_entry(|entry| !is_passed(entry))
        .sort_by_file_name(Ord::cmp)
        .build();
    let file = world.join(WORLD_FILE);
    let entries = walker.filter_map(Result::ok).take(MAX_FILES);
    let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    for path in files.map(DirEntry::into_path) {
        let is_own = path.file_name().is_some_and(|name| name == WORLD_FILE);
        if is_own || !is_candidate(&path) {
            continue;
        }
        if let Some(unread) = unread::beside(&path, &file) {
            loading.unread_file(&display(&path), unread);
        }
    }
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        || open::kind_by_extension(path).is_some()
}
