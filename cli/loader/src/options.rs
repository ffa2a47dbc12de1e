//! What to read.

use crate::live::Live;
use std::{path::PathBuf, sync::Arc};

/// The inputs of the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and directories; an empty list is the working directory, `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// The world file, instead of the default.
    pub world: Option<PathBuf>,
    /// Names and ids of accounts.
    pub accounts: Vec<(String, String)>,
    /// Whether the account of a single source that states none may be any account; otherwise its facts are not read.
    pub any_account: bool,
    /// The region if no nearer source states one.
    pub region: Option<String>,
    /// The cluster of manifests that do not state one.
    pub cluster: Option<String>,
    /// Texts that replace those of files, by the path of the file.
    pub overlay: Overlay,
    /// Whether a policy that AWS would refuse is kept with its mistakes instead of being a problem.
    pub keeps_faulty_policies: bool,
    /// The answers of an account, beside the paths, or alone if there are none.
    pub live: Option<Arc<Live>>,
}

/// Texts that replace those of files.
pub type Overlay = std::collections::BTreeMap<PathBuf, String>;
