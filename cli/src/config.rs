//! `ascp-policy.toml`: rule levels, gates, overrides by path, and exceptions with a reason and a date.

pub mod base;
mod options;
pub mod read;
mod select;
mod tree;
pub(crate) mod weaken;

pub use base::FILE;
pub use select::{Selection, Selector};

use crate::rulebook::Severity;
use globset::GlobSet;
use policy_engine::source::{Origin, SourceMap, Spanned};
use std::path::{Path, PathBuf};

/// A configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Its text, for messages that point into it; empty without a file.
    pub sources: SourceMap,
    /// The file.
    pub file: Option<PathBuf>,
    /// The commit that it was taken from, with what the change would do otherwise.
    pub base: Option<base::Base>,
    /// The directory of the file, where its paths start.
    pub directory: PathBuf,
    /// What fails the run; empty: the default.
    pub fail_on: Vec<FailOn>,
    /// The least severity that is reported.
    pub threshold: Option<Severity>,
    /// The number of findings below the gate above which the run fails.
    pub max_warnings: Option<usize>,
    /// Whether an exception needs a reason.
    pub require_reason: bool,
    /// The baseline.
    pub baseline: Option<PathBuf>,
    /// Rules that run.
    pub selection: Selection,
    /// Levels of rules.
    pub levels: Vec<(Selector, Spanned<Level>)>,
    /// Options of rules.
    pub settings: rules::input::Settings,
    /// Differences by path.
    pub overrides: Vec<Override>,
    /// Exceptions by object.
    pub suppress: Vec<Suppress>,
}

/// What fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// A finding of at least this severity.
    Severity(Severity),
    /// An undecided mount, or an input of this job that was not read.
    Undecided,
}

impl FailOn {
    /// All words.
    pub const WORDS: &str = "critical, high, medium, low, info or undecided";

    /// The meaning of a word.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "undecided" => Some(Self::Undecided),
            other => crate::rulebook::severity(other).map(Self::Severity),
        }
    }
}

/// The level of a rule in a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not reported.
    Allow,
    /// It has another severity.
    Severity(Severity),
    /// Only this file can accept its findings.
    Forbid,
}

/// Settings for some paths.
#[derive(Clone, Debug)]
pub struct Override {
    /// Where.
    pub paths: GlobSet,
    /// Rules that do not run there.
    pub ignore: Vec<Selector>,
    /// Levels there.
    pub levels: Vec<(Selector, Spanned<Level>)>,
    /// Reason and date.
    pub terms: Terms,
}

/// An exception for objects.
#[derive(Clone, Debug)]
pub struct Suppress {
    /// Which rules.
    pub codes: Vec<Selector>,
    /// Which objects; all when absent.
    pub object: Option<GlobSet>,
    /// Which files; all when absent.
    pub paths: Option<GlobSet>,
    /// Reason and date.
    pub terms: Terms,
}

/// Why an exception holds, and how long.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The reason.
    pub reason: Option<String>,
    /// The last day of the exception.
    pub until: Option<Spanned<jiff::civil::Date>>,
    /// Where the exception is written.
    pub origin: Origin,
}

/// The configuration of a path: in its directory or a directory above, up to the root of the repository.
pub fn find(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    for directory in absolute.ancestors() {
        for name in base::NAMES {
            let file = directory.join(name);
            // A link without a target counts as a file, so that the error names it.
            if file.symlink_metadata().is_ok_and(|data| !data.is_dir()) {
                return Some(file);
            }
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}
