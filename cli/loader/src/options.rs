//! What to read.

use crate::live::Live;
use std::{path::PathBuf, sync::Arc};

/// What to read, as the command line says it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and directories; none means the working directory, `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// The world file, instead of the one that is found.
    pub world: Option<PathBuf>,
    /// Names and ids of accounts.
    pub accounts: Vec<(String, String)>,
    /// The region where nothing nearer says.
    pub region: Option<String>,
    /// The cluster of manifests that do not say.
    pub cluster: Option<String>,
    /// Texts that stand for those of files, by the path under which a file is read.
    pub overlay: Overlay,
    /// Whether a policy that AWS would refuse is kept with its mistakes instead of being a problem.
    pub keeps_faulty_policies: bool,
    /// What an account told, beside the paths; without paths, alone.
    pub live: Option<Arc<Live>>,
}

/// Texts that stand for those of files.
pub type Overlay = std::collections::BTreeMap<PathBuf, String>;
