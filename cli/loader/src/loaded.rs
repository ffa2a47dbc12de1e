//! What was read.

use crate::kind::Kind;
use policy_engine::{
    inventory::{Inventory, promise::Promises},
    sighting::Sighting,
    source::{Origin, SourceId, SourceMap, Spanned},
};
use std::path::PathBuf;

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
    /// Every file of the run.
    pub files: Vec<FileRead>,
    /// What the user may want to know about the reading.
    pub notes: Vec<Note>,
    /// Directories below the paths that hold a world of their own; nothing in them was read.
    pub nested: Vec<PathBuf>,
    /// Exceptions that annotations of Kubernetes objects state.
    pub annotations: Vec<Annotation>,
    /// What the readers noticed about the texts themselves.
    pub sightings: Vec<Sighting>,
    /// Sources of AWS resources whose account nothing states, each once.
    pub homeless: Vec<String>,
    /// The source whose account is [`UNNAMED_ACCOUNT`](crate::UNNAMED_ACCOUNT).
    pub unnamed: Option<Unnamed>,
}

/// A source of AWS resources whose account nothing states, and whose facts hold in any account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// The directory of a root module, or the file.
    pub source: String,
}

/// An annotation `ascp-policy.dev/ignore.CODE` of a Kubernetes object.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// The code.
    pub code: Spanned<String>,
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

/// A file of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// What people call it.
    pub name: String,
    /// What it is; `None` when it was skipped.
    pub kind: Option<Kind>,
    /// Why it was skipped.
    pub why: Option<String>,
    /// How its facts can be read, when it holds some of this job.
    pub unread: Option<Unread>,
}

/// An input of this job that was not read: its facts are missing from every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// One of its kind, as a sentence counts it.
    pub what: &'static str,
    /// How its facts can be read.
    pub how: String,
}

/// Something worth saying that is no problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub message: String,
    /// Where.
    pub origin: Option<Origin>,
}
