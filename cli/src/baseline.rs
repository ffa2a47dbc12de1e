//! The file of accepted findings: a finding of the file is not reported until it changes.

use crate::{
    config::Config,
    issue::{Issue, State},
    rulebook::{self, Severity},
};
use loader::{Root, decoded, read_inside, read_named};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

/// The default name of a baseline.
pub const FILE: &str = "ascp-policy-baseline.json";
const SCHEMA: &str = "ascp-policy/baseline/v1";
/// The largest baseline.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The file of a configuration: its `baseline`, else the default name beside it.
pub fn file(config: &Config) -> PathBuf {
    let default = || config.directory.join(FILE);
    config.baseline.clone().unwrap_or_else(default)
}

/// Where a configuration is, or would be.
pub fn config_file(config: &Config) -> PathBuf {
    let default = || config.directory.join(crate::config::FILE);
    config.file.clone().unwrap_or_else(default)
}

/// A file of accepted findings.
#[derive(Clone, Debug)]
pub struct Known {
    /// Where.
    pub path: PathBuf,
    /// The configuration that names the baseline, which must be in the same repository; none if the command line names the file.
    pub beside: Option<PathBuf>,
}

/// The file that a run uses: that of the flag, of the configuration, or the default file if it exists.
pub fn used(flag: Option<&Path>, config: &Config) -> Option<Known> {
    if let Some(flag) = flag {
        return Some(Known {
            path: flag.to_owned(),
            beside: None,
        });
    }
    let path = config.baseline.clone().or_else(|| {
        let path = file(config);
        let is_there = path.symlink_metadata().is_ok_and(|data| !data.is_dir());
        let was_there =
            |base: &crate::config::base::Base| base.read(&path).is_ok_and(|text| text.is_some());
        let exists = is_there || config.base.as_ref().is_some_and(was_there);
        exists.then_some(path)
    })?;
    Some(Known {
        path,
        beside: Some(config_file(config)),
    })
}

/// A baseline.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: String,
    /// The findings, sorted.
    pub findings: Vec<Entry>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its code.
    pub code: String,
    /// The object of the finding.
    pub object: String,
    /// The identity of the finding.
    pub fingerprint: String,
    /// The severity at that time.
    pub severity: String,
    /// The message.
    pub message: String,
    /// The day of the entry.
    pub since: String,
    /// The reason, if the user wrote a reason.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The person or team that repairs it, if the user wrote that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// The last day of the entry, if the user wrote a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<jiff::civil::Date>,
}

/// How a baseline changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Entries that are new.
    pub added: usize,
    /// Entries that are gone.
    pub removed: usize,
    /// New findings that were not added.
    pub refused: usize,
}

impl Default for Baseline {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            findings: Vec::new(),
        }
    }
}

impl Baseline {
    /// Reads a baseline; returns a message if that fails.
    pub fn read(known: &Known) -> Result<Self, String> {
        let bytes = match &known.beside {
            None => read_named(&known.path, MAX_FILE),
            Some(config) => read_inside(&Root::of(config), &known.path, MAX_FILE),
        };
        let text = bytes
            .and_then(decoded)
            .map_err(|refused| refused.to_string())?;
        Self::parse(&text)
    }

    /// Reads the text of a baseline; a message names the place of a mistake and repeats nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("not a baseline: the mistake is in line {line}, column {column}")
        })?;
        if baseline.schema != SCHEMA {
            return Err(format!(
                "not a baseline of this release: `schema` is not `{SCHEMA}`"
            ));
        }
        Ok(baseline)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// Marks the findings of the baseline; returns the entries that match no finding.
    ///
    /// A finding with a higher severity than its entry, or of a rule with level `forbid`, stays active.
    pub fn apply(
        &self,
        issues: &mut [Issue],
        forbidden: impl Fn(&Issue) -> bool,
        today: jiff::civil::Date,
    ) -> Vec<&Entry> {
        let mut known: BTreeMap<(&str, &str), (&Entry, bool)> = BTreeMap::new();
        for entry in &self.findings {
            known.insert((&entry.code, &entry.fingerprint), (entry, false));
        }
        for issue in issues {
            let key = (issue.rule.code, issue.fingerprint.as_str());
            let Some((entry, is_present)) = known.get_mut(&key) else {
                continue;
            };
            *is_present = true;
            let worse =
                rulebook::severity(&entry.severity).is_none_or(|before| issue.severity < before);
            let over = entry.until.is_some_and(|until| until < today);
            if issue.is_active() && !worse && !over && !forbidden(issue) {
                issue.state = State::Baselined;
            }
        }
        let gone = known.into_values().filter(|(_, is_present)| !is_present);
        gone.map(|(entry, _)| entry).collect()
    }

    /// Removes entries that match no finding, and adds new findings if `accept_new`.
    pub fn update<'i>(
        &mut self,
        issues: impl Iterator<Item = &'i Issue>,
        accept_new: bool,
        today: jiff::civil::Date,
    ) -> Change {
        let open: Vec<&Issue> = issues
            .filter(|issue| !matches!(issue.state, State::Suppressed(_)))
            .filter(|issue| !issue.rule.code.starts_with("CFG"))
            .collect();
        let present: HashSet<(&str, &str)> = open
            .iter()
            .map(|issue| (issue.rule.code, issue.fingerprint.as_str()))
            .collect();
        let before = self.findings.len();
        self.findings
            .retain(|entry| present.contains(&(entry.code.as_str(), entry.fingerprint.as_str())));
        let mut change = Change {
            removed: before - self.findings.len(),
            ..Change::default()
        };
        for issue in open {
            let known = self.findings.iter_mut().find(|entry| {
                entry.code == issue.rule.code && entry.fingerprint == issue.fingerprint
            });
            match known {
                Some(entry) => {
                    let severity = issue.severity.word();
                    let worse = rulebook::severity(&entry.severity)
                        .is_none_or(|before: Severity| issue.severity < before);
                    if accept_new || !worse {
                        severity.clone_into(&mut entry.severity);
                    }
                    issue.message.clone_into(&mut entry.message);
                }
                None if accept_new => {
                    change.added += 1;
                    self.findings.push(Entry {
                        code: issue.rule.code.to_owned(),
                        object: issue.object.clone(),
                        fingerprint: issue.fingerprint.clone(),
                        severity: issue.severity.word().to_owned(),
                        message: issue.message.clone(),
                        since: today.to_string(),
                        reason: None,
                        owner: None,
                        until: None,
                    });
                }
                None => change.refused += 1,
            }
        }
        self.findings.sort();
        change
    }
}
