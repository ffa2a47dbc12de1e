//! Kustomizations in a directory: which of them are built, and which files count only in what a build makes of them.
//!
//! A kustomization that no other one names is built (`language/kustomize.rs`); all files that kustomizations name are set aside.

use crate::{
    loading::Loading,
    path::{clean, display},
    unread,
};
use policy_engine::{
    source::SourceId,
    syntax::node::{Node, Value},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The names of a kustomization's file: kubernetes-sigs/kustomize, "The Kustomization File".
pub(crate) const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Fields that list files and folders.
const LISTS: [&str; 6] = [
    "resources",
    "bases",
    "components",
    "patchesStrategicMerge",
    "configurations",
    "transformers",
];
/// Those of them that list whole manifests.
const MANIFESTS: [&str; 2] = ["resources", "bases"];
/// Fields whose entries name a file under `path`.
const ENTRIES: [&str; 3] = ["patches", "patchesJson6902", "replacements"];
/// Fields that make a map without `apiVersion` and `kind` a kustomization.
const TELLING: [&str; 8] = [
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "configMapGenerator",
    "secretGenerator",
];
/// How many folders a note names.
const MAX_SHOWN: usize = 8;
/// How many files are looked into for facts of this job.
const MAX_LISTED: usize = 4_096;

/// What one kustomization names.
struct Listing {
    /// Its own file.
    file: PathBuf,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
    /// Manifests outside of its folder. `kustomize build` refuses them unless it is told otherwise, so they may be deployed by
    /// themselves as well.
    outside: BTreeSet<PathBuf>,
    is_component: bool,
}

/// Whether a file is one of a kustomization, by its name.
pub(crate) fn is_kustomization(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| NAMES.contains(&name))
}

/// Whether a document is a kustomization; those of Flux are not.
pub(crate) fn is_kustomization_document(document: &Node) -> bool {
    let Value::Map(members) = &document.value else {
        return false;
    };
    if let Some(version) = document.get("apiVersion") {
        let version = version.as_str();
        return version.is_some_and(|version| version.starts_with("kustomize.config.k8s.io/"));
    }
    // A state of Terraform lists resources, too.
    if document.get("terraform_version").is_some() {
        return false;
    }
    let kind = document.get("kind").map(Node::as_str);
    let is_kind = matches!(kind, None | Some(Some("Kustomization" | "Component")));
    let mut names = members
        .iter()
        .filter_map(|(key, value)| Some((key.as_str()?, value)));
    is_kind
        && names
            .any(|(name, value)| TELLING.contains(&name) && matches!(value.value, Value::List(_)))
}

/// The files that are read by themselves: those that no kustomization names, and the kustomizations that are built.
pub(crate) fn set_aside(
    loading: &mut Loading,
    files: Vec<PathBuf>,
    paths: &[PathBuf],
) -> Vec<PathBuf> {
    let mut all: BTreeMap<PathBuf, Listing> = BTreeMap::new();
    for path in paths {
        let folder = clean(path.parent().unwrap_or(Path::new("")));
        match read(path, &folder) {
            Ok(Some(listing)) => {
                all.insert(folder, listing);
            }
            Ok(None) => {}
            // What it would change is not known.
            Err(broken) => loading.unread_file(&display(path), unread::broken(broken)),
        }
    }
    let roots = roots(&all);
    let mut aside: BTreeSet<PathBuf> = BTreeSet::new();
    for (folder, listing) in &all {
        aside.extend(listing.files.iter().cloned());
        if !roots.contains(folder) {
            aside.insert(clean(&listing.file));
        } else if listing.is_component {
            aside.insert(clean(&listing.file));
            unused(loading, folder);
        }
    }
    let bases = all
        .iter()
        .filter(|(folder, listing)| !listing.is_component && !roots.contains(*folder));
    let bases: Vec<String> = bases.map(|(folder, _)| display(folder)).collect();
    if !bases.is_empty() {
        let shown = bases.get(..MAX_SHOWN).unwrap_or(&bases).join(", ");
        let more = match bases.len().saturating_sub(MAX_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message =
            format!("judged only in what other kustomizations build on them: {shown}{more}");
        loading.note(message, None);
    }
    let built = roots.iter().filter_map(|folder| all.get(folder));
    let built: Vec<_> = built.filter(|listing| !listing.is_component).collect();
    let (aside, mut kept): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| aside.contains(&clean(file)));
    for file in aside {
        let why = "a file of a kustomization; `check` reads what the kustomization builds";
        loading.skip_file(&display(&file), why);
    }
    // Without an extension it was no candidate.
    let unnamed = built
        .iter()
        .filter(|listing| listing.file.extension().is_none());
    kept.extend(unnamed.map(|listing| listing.file.clone()));
    kept
}

/// The folders that no other one is built on; of folders that are built on each other the first.
fn roots(all: &BTreeMap<PathBuf, Listing>) -> BTreeSet<PathBuf> {
    let is_named = |folder: &PathBuf| {
        let mut others = all.iter().filter(|(other, _)| *other != folder);
        others.any(|(_, listing)| listing.folders.contains(folder))
    };
    let mut roots: BTreeSet<_> = all
        .keys()
        .filter(|folder| !is_named(folder))
        .cloned()
        .collect();
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    for root in &roots {
        reach(all, root, &mut reached);
    }
    for folder in all.keys() {
        if !reached.contains(folder) {
            roots.insert(folder.clone());
            reach(all, folder, &mut reached);
        }
    }
    roots
}

/// Adds the folders that a kustomization is built on, itself included.
fn reach(all: &BTreeMap<PathBuf, Listing>, folder: &Path, reached: &mut BTreeSet<PathBuf>) {
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        if let Some(listing) = all.get(&folder)
            && reached.insert(folder)
        {
            waiting.extend(listing.folders.iter().cloned());
        }
    }
}

/// Names a component that no kustomization uses, where it holds facts of this job.
fn unused(loading: &mut Loading, folder: &Path) {
    if is_ours(folder) {
        loading.unread_file(&display(folder), unread::component());
    }
}

/// Whether a kustomization, or a file that it is built of, holds facts of this job.
pub(crate) fn is_ours(folder: &Path) -> bool {
    let mut waiting = vec![folder.to_path_buf()];
    let mut seen = BTreeSet::new();
    while let Some(folder) = waiting.pop() {
        let file = NAMES
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file());
        let Some(file) = file.filter(|_| seen.insert(folder.clone()) && seen.len() < MAX_LISTED)
        else {
            continue;
        };
        let Ok(Some(listing)) = read(&file, &folder) else {
            continue;
        };
        let own = std::iter::once(&listing.file);
        let files = listing.files.iter().chain(&listing.outside).chain(own);
        let mut texts = files
            .take(MAX_LISTED)
            .filter_map(|file| unread::start_of(file));
        if texts.any(|text| unread::is_ours(&text)) {
            return true;
        }
        waiting.extend(listing.folders);
    }
    false
}

/// What a kustomization names; nothing where the file is none.
fn read(path: &Path, folder: &Path) -> Result<Option<Listing>, String> {
    let Some(text) = unread::start_of(path) else {
        return Ok(None);
    };
    let documents = yaml::parse(SourceId(0), &text);
    let documents = documents.map_err(|error| error.message)?;
    let Some(document) = documents
        .iter()
        .find(|document| is_kustomization_document(document))
    else {
        return Ok(None);
    };
    let mut listing = Listing {
        file: path.to_path_buf(),
        folders: BTreeSet::new(),
        files: BTreeSet::new(),
        outside: BTreeSet::new(),
        is_component: document.get("kind").and_then(Node::as_str) == Some("Component"),
    };
    let list = |name: &str| {
        document
            .get(name)
            .and_then(Node::as_list)
            .into_iter()
            .flatten()
    };
    let entries = ENTRIES.iter().flat_map(|name| list(name));
    let entries = entries.map(|entry| (false, entry.get("path").unwrap_or(entry)));
    let listed = LISTS
        .iter()
        .flat_map(|name| list(name).map(|entry| (MANIFESTS.contains(name), entry)));
    let names = listed.chain(entries);
    let names = names.filter_map(|(is_manifest, entry)| Some((is_manifest, entry.as_str()?)));
    for (is_manifest, name) in names.filter(|(_, name)| !name.contains('\n')) {
        let target = clean(&folder.join(name));
        if target.is_dir() {
            listing.folders.insert(target);
        } else if target.is_file() && is_manifest && !target.starts_with(folder) {
            listing.outside.insert(target);
        } else if target.is_file() {
            listing.files.insert(target);
        }
    }
    Ok(Some(listing))
}
