//! The file of accepted findings: a finding of the file is not reported until it changes.

use crate::{
    config::Config,
    issue::{Issue, State},
    rulebook::{self, Severity},
};
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

/// The file that a run uses: that of the flag, of the configuration, or the default file if it exists.
pub fn used(flag: Option<&Path>, config: &Config) -> Option<PathBuf> {
    let named = flag.map(Path::to_owned).or_else(|| config.baseline.clone());
    named.or_else(|| Some(file(config)).filter(|file| file.is_file()))
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
    pub fn read(path: &Path) -> Result<Self, String> {
        let size = std::fs::metadata(path)
            .map_err(|error| format!("cannot be read: {error}"))?
            .len();
        if size > MAX_FILE {
            return Err("larger than 64 MiB".to_owned());
        }
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
        let baseline: Self =
            serde_json::from_str(&text).map_err(|error| format!("not a baseline: {error}"))?;
        if baseline.schema != SCHEMA {
            return Err(format!(
                "not a baseline of this release: `schema` is `{}`",
                baseline.schema
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
    pub fn update(
        &mut self,
        issues: &[Issue],
        accept_new: bool,
        today: jiff::civil::Date,
    ) -> Change {
        let open: Vec<&Issue> = issues
            .iter()
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
