//! `ascp-policy.toml`: taste. Rule levels, gates, overrides by path, and exceptions with a reason and a date.

mod options;
mod read;
mod select;
mod tree;

pub use read::read;
pub use select::{Selection, Selector};

use crate::rulebook::Severity;
use globset::GlobSet;
use policy_engine::source::{Origin, SourceMap, Spanned};
use std::path::{Path, PathBuf};

/// The name under which a configuration is found.
pub const FILE: &str = "ascp-policy.toml";

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Its text, for messages that point into it; empty without a file.
    pub sources: SourceMap,
    /// The directory of the file, where its paths start.
    pub directory: PathBuf,
    /// From which severity on a finding fails the run.
    pub fail_on: Option<Severity>,
    /// From which severity on a finding is reported at all.
    pub threshold: Option<Severity>,
    /// How many findings below the gate are too many.
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

/// What a configuration makes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not reported.
    Allow,
    /// It has another severity.
    Severity(Severity),
    /// Nobody may silence it outside this file.
    Forbid,
}

/// What differs below some paths.
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
    /// The last day on which it holds.
    pub until: Option<Spanned<jiff::civil::Date>>,
    /// Where the exception is written.
    pub origin: Origin,
}

/// The configuration that holds for a path: in its directory or one above, not farther up than the repository's root.
pub fn find(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    for directory in absolute.ancestors() {
        for name in [FILE, ".ascp-policy.toml"] {
            let file = directory.join(name);
            if file.is_file() {
                return Some(file);
            }
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}
