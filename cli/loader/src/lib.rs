//! Reads everything that describes a world: finds the files, tells their kinds, and merges what they say.
//!
//! This is the only code that opens input files. It decides nothing about access and prints nothing; every problem of
//! a run is collected with its place.

mod arns;
mod aws;
mod blank;
mod cloudformation;
mod detect;
mod discover;
mod fields;
mod files;
mod finish;
mod implicit;
mod kubernetes;
mod live;
mod loading;
mod managed;
mod merge;
mod open;
mod planned;
mod policy;
mod progress;
mod root;
mod shape;
mod terraform;
mod value;
mod values;
mod world;

pub use aws::Answer;
pub use detect::Kind;
pub use live::{Answers, Item, Level, Live, Place};
pub use loading::nearest;
pub use open::TEMPLATE;

use loading::Loading;
use policy_engine::sighting::Sighting;
use policy_engine::{
    inventory::{Inventory, promise::Promises},
    source::{Origin, SourceId, SourceMap},
};
use std::{fmt, path::PathBuf, sync::Arc};

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

/// Everything that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The texts, without any value of a secret.
    pub sources: SourceMap,
    /// The facts.
    pub inventory: Inventory,
    /// The promises of the world file.
    pub promises: Promises,
    /// The world file, when there is one.
    pub world: Option<World>,
    /// Every file that was looked at.
    pub files: Vec<FileRead>,
    /// What the user may want to know about the reading.
    pub notes: Vec<Note>,
    /// Directories below the paths that hold a world of their own; nothing in them was read.
    pub nested: Vec<PathBuf>,
    /// Exceptions that annotations of Kubernetes objects state.
    pub annotations: Vec<Annotation>,
    /// What the readers noticed about the texts themselves.
    pub sightings: Vec<Sighting>,
}

/// An annotation `ascp-policy.dev/ignore.CODE` of a Kubernetes object.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// The code.
    pub code: policy_engine::source::Spanned<String>,
    /// The annotation's value.
    pub reason: String,
    /// The whole object.
    pub object: Origin,
}

/// The world file.
#[derive(Clone, Debug)]
pub struct World {
    /// The file.
    pub source: SourceId,
    /// Its `about`.
    pub about: Option<String>,
    /// Whether it states promises itself.
    pub has_expect: bool,
}

/// A file that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// What people call it.
    pub name: String,
    /// What it is; `None` when it was skipped.
    pub kind: Option<Kind>,
    /// Why it was skipped.
    pub why: Option<String>,
}

/// Something worth saying that is no problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub message: String,
    /// Where.
    pub origin: Option<Origin>,
}

/// Something that must be repaired before anything can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Places and what to say at each; the first is the main one.
    pub labels: Vec<(Origin, String)>,
    /// The file, when there is no place in a text.
    pub file: Option<String>,
}

/// All problems of one run.
#[derive(Clone, Debug, thiserror::Error)]
pub struct LoadError {
    /// The texts that the problems point into.
    pub sources: SourceMap,
    /// The problems, in the order they were found.
    pub problems: Vec<Problem>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [] => f.write_str("the input cannot be read"),
            [only] => f.write_str(&only.message),
            [first, rest @ ..] => write!(f, "{} (and {} more)", first.message, rest.len()),
        }
    }
}

/// A path as people write it from the working directory.
pub fn shown_path(path: &std::path::Path) -> String {
    discover::display(path)
}

/// Reads what the options name, or what is found from there.
///
/// With a world file its includes are read and the paths do not matter; without one every file under the paths is
/// read as what its content says it is.
pub fn load(options: &Options) -> Result<Loaded, Box<LoadError>> {
    let mut loading = Loading::new(options);
    let worlds = match discover::find(options, &mut loading) {
        discover::Found::World(path) => world::read(&mut loading, &path),
        discover::Found::Paths(paths) => {
            files::read_paths(&mut loading, &paths);
            world::Worlds::default()
        }
        discover::Found::Nothing => {
            live::take(&mut loading);
            world::Worlds::default()
        }
    };
    finish::finish(loading, worlds)
}
