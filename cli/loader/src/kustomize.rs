//! Kustomizations: which files only count in what kustomize makes of them.
//!
//! A kustomization that only lists its resources makes of them what they are, so that they are read one by one. One that changes
//! them (a patch, a namespace, a prefix, a generator) is named and its files are set aside until it is built.

use crate::{
    loading::Loading,
    path::{clean, display},
    unread,
};
use policy_engine::{source::SourceId, syntax::node::Node};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The names of a kustomization's file: kubernetes-sigs/kustomize, "The Kustomization File".
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Fields that list files and folders.
const LISTS: [&str; 4] = ["resources", "bases", "components", "patchesStrategicMerge"];
/// Fields whose entries name a file under `path`.
const ENTRIES: [&str; 3] = ["patches", "patchesJson6902", "replacements"];
/// Fields that change nothing that matters here.
const PLAIN: [&str; 10] = [
    "apiVersion",
    "kind",
    "metadata",
    "resources",
    "bases",
    "images",
    "replicas",
    "labels",
    "buildMetadata",
    "sortOptions",
];

/// What one kustomization names.
struct Kustomization {
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
    is_plain: bool,
}

/// Whether a file is one of a kustomization, by its name.
pub(crate) fn is_kustomization(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| NAMES.contains(&name))
}

/// The files that are read by themselves; the others are set aside, and their kustomizations are named.
pub(crate) fn set_aside(
    loading: &mut Loading,
    files: Vec<PathBuf>,
    found: &[PathBuf],
) -> Vec<PathBuf> {
    let mut all: BTreeMap<PathBuf, Kustomization> = BTreeMap::new();
    for path in found {
        let folder = clean(path.parent().unwrap_or(Path::new("")));
        if let Some(one) = read(path, &folder) {
            all.insert(folder, one);
        }
    }
    let mut aside: BTreeSet<PathBuf> = BTreeSet::new();
    for (folder, one) in &all {
        if one.is_plain {
            continue;
        }
        let own = closure(&all, folder);
        let built = own.iter().filter_map(|inner| all.get(inner));
        let listed: Vec<_> = built.flat_map(|one| one.files.iter().cloned()).collect();
        name(loading, &all, folder, &listed);
        aside.extend(listed);
    }
    let (aside, kept): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| aside.contains(&clean(file)));
    for file in aside {
        let why = "a file of a kustomization, which is read as kustomize builds it";
        loading.skip_file(&display(&file), why);
    }
    kept
}

/// The folders that a kustomization builds on, itself included.
fn closure(all: &BTreeMap<PathBuf, Kustomization>, folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        if let Some(one) = all.get(&folder)
            && found.insert(folder)
        {
            waiting.extend(one.folders.iter().cloned());
        }
    }
    found
}

/// Names a kustomization that no other builds on, where its files or what it fetches may hold facts of this job.
fn name(
    loading: &mut Loading,
    all: &BTreeMap<PathBuf, Kustomization>,
    folder: &Path,
    listed: &[PathBuf],
) {
    let mut others = all
        .iter()
        .filter(|(other, one)| *other != folder && !one.is_plain);
    if others.any(|(_, one)| one.folders.contains(folder)) {
        return;
    }
    let texts = listed.iter().filter_map(|file| unread::start_of(file));
    let own = NAMES.map(|name| folder.join(name));
    let own = own.iter().filter_map(|file| unread::start_of(file));
    if texts.chain(own).any(|text| unread::is_ours(&text)) {
        let shown = display(folder);
        loading.unread_file(&shown, unread::kustomization(folder));
    }
}

/// What a kustomization names; nothing where the file is of another tool, as that of Flux.
fn read(path: &Path, folder: &Path) -> Option<Kustomization> {
    let text = unread::start_of(path)?;
    let documents = yaml::parse(SourceId(0), &text).ok()?;
    let document = documents.first()?;
    let members = document.as_map()?;
    let version = document.get("apiVersion").and_then(Node::as_str);
    if version.is_some_and(|version| !version.starts_with("kustomize.config.k8s.io/")) {
        return None;
    }
    let mut one = Kustomization {
        folders: BTreeSet::new(),
        files: BTreeSet::new(),
        is_plain: members
            .iter()
            .all(|(key, _)| key.as_str().is_some_and(|key| PLAIN.contains(&key))),
    };
    let list = |name: &str| {
        document
            .get(name)
            .and_then(Node::as_list)
            .into_iter()
            .flatten()
    };
    let entries = ENTRIES.iter().flat_map(|name| list(name));
    let entries = entries.filter_map(|entry| entry.get("path"));
    let listed = LISTS.iter().flat_map(|name| list(name));
    for name in listed.chain(entries).filter_map(Node::as_str) {
        let target = clean(&folder.join(name));
        if target.is_dir() {
            one.folders.insert(target);
        } else if target.is_file() {
            one.files.insert(target);
        } else {
            // What lies elsewhere is not known.
            one.is_plain = false;
        }
    }
    Some(one)
}
