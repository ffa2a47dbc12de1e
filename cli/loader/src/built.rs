//! What the builds of kustomizations share in one run: files that were read once, and the folders that were built.

use crate::{kind::Kind, path::display};
use policy_engine::{
    source::{Origin, SourceId},
    syntax::node::Node,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many values all builds of a run may copy.
const MAX_NODES: usize = 5_000_000;

/// What the builds of one run share.
pub(crate) struct Built {
    /// The files by their real paths.
    pub(crate) files: BTreeMap<PathBuf, Arc<Manifest>>,
    /// How many values may still be copied.
    pub(crate) left: usize,
    /// The objects of files that hold facts of this job, and those that a build makes with such facts.
    pub(crate) listed: BTreeMap<Origin, String>,
    pub(crate) kept: BTreeSet<Origin>,
    /// Placeholders for the clusters of builds, until it is known which folders are clusters.
    roots: BTreeSet<String>,
}

/// A file of a kustomization.
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) source: SourceId,
    pub(crate) documents: Vec<Node>,
    pub(crate) text: String,
}

impl Default for Built {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            left: MAX_NODES,
            listed: BTreeMap::new(),
            kept: BTreeSet::new(),
            roots: BTreeSet::new(),
        }
    }
}

impl Built {
    /// The placeholder for the cluster of a build: its folder with a slash, which no cluster's name has.
    pub(crate) fn root(&mut self, folder: &Path) -> String {
        let name = format!("{}/", display(folder));
        self.roots.insert(name.clone());
        name
    }

    /// The objects of which no build keeps the facts.
    pub(crate) fn lost(&mut self) -> Vec<String> {
        let listed = std::mem::take(&mut self.listed).into_iter();
        let lost = listed.filter(|(place, _)| !self.kept.contains(place));
        lost.map(|(_, name)| name).collect()
    }

    /// The folder of a placeholder.
    pub(crate) fn folder(&self, name: &str) -> Option<PathBuf> {
        let folder = self.roots.get(name)?.strip_suffix('/')?;
        Some(PathBuf::from(if folder == "." { "" } else { folder }))
    }
}
