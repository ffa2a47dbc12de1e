//! Environments: copies of one object in several directories are objects of several clusters.
//!
//! If no source states the cluster of some manifests and two directories describe a class or workload, the directories that separate
//! the copies are the clusters: `clusters/dev/app.yaml` and `clusters/prod/app.yaml` belong to `dev` and `prod`.

use crate::{built::Built, loading::Loading, pending::RawRole};
use policy_engine::{
    inventory::{Inventory, OpenClass, RbacBinding, SecretProviderClass, ServiceAccount, Workload},
    source::{Origin, SourceMap},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Gives the manifests of each environment a cluster of that name.
pub(crate) fn separate(loading: &mut Loading) {
    let places = Places {
        built: &loading.built,
        sources: &loading.sources,
    };
    let mut folders = environments(&loading.inventory, &places);
    // One cluster that is known and has another name than all of them: its manifests have copies for some other reason.
    let known = &loading.inventory.clusters;
    let is_named = |folder: &PathBuf| known.iter().any(|cluster| name(folder) == cluster.name);
    if loading.options.cluster.is_some() || (known.len() == 1 && !folders.iter().any(is_named)) {
        folders.clear();
    }
    let names = names(&folders);
    let place = |of: &mut String, origin: Origin| {
        if let Some(folder) = places.folder(of, origin) {
            let mut above = folder.ancestors();
            *of = above
                .find_map(|folder| names.get(folder).cloned())
                .unwrap_or_default();
        }
    };
    let inventory = &mut loading.inventory;
    for SecretProviderClass { cluster, name, .. } in &mut inventory.classes {
        place(cluster, name.origin);
    }
    for OpenClass { cluster, name, .. } in &mut inventory.open_classes {
        place(cluster, name.origin);
    }
    for Workload {
        cluster, origin, ..
    } in &mut inventory.workloads
    {
        place(cluster, *origin);
    }
    for ServiceAccount { pod, origin, .. } in &mut inventory.service_accounts {
        place(&mut pod.cluster, *origin);
    }
    for RbacBinding {
        cluster, origin, ..
    } in &mut inventory.access.bindings
    {
        place(cluster, *origin);
    }
    for RawRole { role, .. } in &mut loading.cluster_roles {
        place(&mut role.cluster, role.origin);
    }
    for own in loading.synced.places() {
        place(&mut own.value.0, own.origin);
    }
    for (cluster, audiences) in &mut loading.audiences {
        place(cluster, audiences.origin);
    }
    if names.is_empty() {
        return;
    }
    let shown: Vec<_> = names
        .iter()
        .map(|(folder, name)| format!("`{}` is cluster `{name}`", folder.display()))
        .collect();
    let message = format!(
        "the same objects are in several directories, so each directory is a cluster: {}; `cluster` of an include names another",
        shown.join(", ")
    );
    loading.note(message, None);
}

/// Where objects are of which no source states the cluster.
struct Places<'l> {
    built: &'l Built,
    sources: &'l SourceMap,
}

impl Places<'_> {
    /// The folder of an object's file, or of the kustomization that made it; nothing where its cluster is stated.
    fn folder(&self, cluster: &str, origin: Origin) -> Option<PathBuf> {
        if cluster.is_empty() {
            let file = Path::new(self.sources.name(origin.source));
            return Some(file.parent().unwrap_or(Path::new("")).to_path_buf());
        }
        self.built.folder(cluster)
    }
}

/// The directories that separate copies of one class or workload.
fn environments(inventory: &Inventory, places: &Places<'_>) -> BTreeSet<PathBuf> {
    let mut copies: BTreeMap<(&str, &str, &str), BTreeSet<PathBuf>> = BTreeMap::new();
    let mut add = |identity, cluster: &str, origin: Origin| {
        if let Some(folder) = places.folder(cluster, origin) {
            copies.entry(identity).or_default().insert(folder);
        }
    };
    for class in &inventory.classes {
        let identity = ("", class.namespace.as_str(), class.name.value.as_str());
        add(identity, &class.cluster, class.name.origin);
    }
    for class in &inventory.open_classes {
        let identity = ("", class.namespace.as_str(), class.name.value.as_str());
        add(identity, &class.cluster, class.name.origin);
    }
    let workloads = inventory.workloads.iter();
    // Each object of a generated name is another.
    for workload in workloads.filter(|workload| !workload.name.ends_with('-')) {
        let identity = (
            workload.kind.as_str(),
            workload.namespace.as_str(),
            workload.name.as_str(),
        );
        add(identity, &workload.cluster, workload.origin);
    }
    let mut directories = BTreeSet::new();
    for folders in copies.into_values() {
        split(&folders.into_iter().collect::<Vec<_>>(), &mut directories);
    }
    directories
}

/// Adds the directories below the nearest common one, and those that separate copies below each.
fn split(folders: &[PathBuf], directories: &mut BTreeSet<PathBuf>) {
    let Some((first, rest)) = folders.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return;
    };
    let mut common = first.clone();
    while !rest.iter().all(|folder| folder.starts_with(&common)) {
        if !common.pop() {
            break;
        }
    }
    let depth = common.components().count();
    let mut below: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for folder in folders {
        // A copy in the common directory itself belongs to none of those below.
        if *folder == common {
            return;
        }
        let child: PathBuf = folder.components().take(depth + 1).collect();
        below.entry(child).or_default().push(folder.clone());
    }
    for (child, inner) in below {
        split(&inner, directories);
        directories.insert(child);
    }
}

/// The last part of a path.
fn name(folder: &Path) -> &str {
    let name = folder.file_name().and_then(|name| name.to_str());
    name.unwrap_or("")
}

/// A name per directory: its last part, or all of it where two have the same last part.
fn names(folders: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, String> {
    let mut named = BTreeMap::new();
    for folder in folders {
        let same = folders.iter().filter(|other| name(other) == name(folder));
        let text = if same.count() == 1 {
            name(folder).to_owned()
        } else {
            folder.display().to_string()
        };
        named.insert(folder.clone(), text);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(folders: &[&str]) -> Vec<String> {
        let mut directories = BTreeSet::new();
        let folders: Vec<_> = folders.iter().map(PathBuf::from).collect();
        split(&folders, &mut directories);
        names(&directories).into_values().collect()
    }

    #[test]
    fn the_directory_that_distinguishes_copies_is_the_environment() {
        assert_eq!(of(&["clusters/dev", "clusters/prod"]), ["dev", "prod"]);
        assert_eq!(of(&["dev/apps", "prod/apps"]), ["dev", "prod"]);
        assert_eq!(of(&["dev"]), [""; 0]);
        assert_eq!(of(&["k8s", "k8s/dev"]), [""; 0]);
        assert_eq!(of(&["a/dev", "a/prod", "b/dev"]), ["a", "dev", "prod", "b"]);
    }
}
