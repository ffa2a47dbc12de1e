//! The result of a run of `check`, independent of the output format.

use crate::{
    issue::{Issue, State},
    rulebook::{RuleInfo, Severity},
};
use loader::{FileRead, Note};
use policy_engine::{source::SourceMap, uncertainty::Uncertainties};
use rules::lint::Undecided;
use std::collections::HashSet;

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// All findings, accepted findings included, in the order of the output.
    pub issues: Vec<Issue>,
    /// The findings that a reported finding represents.
    pub represented: Vec<Issue>,
    /// The texts that places lie in, by number.
    pub sources: Vec<SourceMap>,
    /// Every file that was opened or skipped.
    pub files: Vec<FileRead>,
    /// Rules that were not evaluated, and the fact that is missing.
    pub skipped_rules: Vec<(RuleInfo, &'static str)>,
    /// Mounts that depend on a missing fact, with the number of their world.
    pub undecided: Vec<(usize, Undecided)>,
    /// Facts that the comparison with `--against` lacks.
    pub warnings: Vec<String>,
    /// Notes of the readers, with the number of the world.
    pub notes: Vec<(usize, Note)>,
    /// Which uncertainties the answers rest on.
    pub assumed: Uncertainties,
    /// Counts.
    pub counts: Counts,
    /// The names of the clusters, by the number of the world.
    pub clusters: Vec<Vec<String>>,
}

/// Inputs of one kind that were not read.
#[derive(Debug, PartialEq, Eq)]
pub struct NotRead {
    /// One of them.
    pub what: &'static str,
    /// How their facts can be read.
    pub how: String,
    /// Their names.
    pub files: Vec<String>,
}

/// Groups inputs that were not read: those of one kind with one remedy are a group, whatever each of them lacks.
pub fn not_read<'f>(files: impl IntoIterator<Item = &'f FileRead>) -> Vec<NotRead> {
    let mut groups: Vec<NotRead> = Vec::new();
    for file in files {
        let Some(unread) = &file.unread else { continue };
        let mut known = groups.iter_mut();
        let same = |group: &&mut NotRead| {
            group.what == unread.what && remedy(&group.how) == remedy(&unread.how)
        };
        match known.find(same) {
            Some(group) => {
                if group.how != unread.how {
                    remedy(&unread.how).clone_into(&mut group.how);
                }
                group.files.push(file.name.clone());
            }
            None => groups.push(NotRead {
                what: unread.what,
                how: unread.how.clone(),
                files: vec![file.name.clone()],
            }),
        }
    }
    groups
}

/// The change to make: the part behind the reason.
fn remedy(how: &str) -> &str {
    how.rsplit_once("; ").map_or(how, |(_, remedy)| remedy)
}

/// The most characters of a line, if that leaves room for a name.
const MAX_LINE: usize = 160;

impl NotRead {
    /// `2 Terraform files (a.tf, b.tf): save the plan`
    pub fn line(&self) -> String {
        let count = count(self.files.len(), self.what);
        let line = |shown| format!("{count} ({}): {}", listed(&self.files, shown), self.how);
        let mut lines = [3, 2].map(line).into_iter();
        let fits = lines.find(|line| line.chars().count() <= MAX_LINE);
        fits.unwrap_or_else(|| line(1))
    }
}

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Worlds.
    pub worlds: usize,
    /// Accounts.
    pub accounts: usize,
    /// Clusters.
    pub clusters: usize,
    /// Pods.
    pub pods: usize,
    /// Secrets and parameters.
    pub objects: usize,
    /// Mounts.
    pub mounts: usize,
    /// Mounts that work.
    pub working: usize,
}

impl Report {
    /// The findings that are not accepted.
    pub fn active(&self) -> impl Iterator<Item = &Issue> {
        self.issues.iter().filter(|issue| issue.is_active())
    }

    /// The findings that are not accepted, with those that another represents.
    pub fn open(&self) -> impl Iterator<Item = &Issue> {
        self.active().chain(&self.represented)
    }

    /// The numbers of findings that exceptions and the baseline accept.
    pub fn silent(&self) -> (usize, usize) {
        let count = |wanted: fn(&State) -> bool| {
            self.issues
                .iter()
                .filter(|issue| wanted(&issue.state))
                .count()
        };
        (
            count(|state| matches!(state, State::Suppressed(_))),
            count(|state| *state == State::Baselined),
        )
    }

    /// Inputs of this job that were not read.
    pub fn unread(&self) -> Vec<&FileRead> {
        let read = self.files.iter().filter(|file| file.kind.is_some());
        let read: HashSet<&str> = read.map(|file| file.name.as_str()).collect();
        // A file beside one world may be part of another.
        let is_unread =
            |file: &&FileRead| file.unread.is_some() && !read.contains(file.name.as_str());
        self.files.iter().filter(is_unread).collect()
    }

    /// Inputs of this job that were not read, grouped by what would read them.
    pub fn not_read(&self) -> Vec<NotRead> {
        not_read(self.unread())
    }

    /// What a reader of any format must know about the run itself: warnings, and the inputs that were not read.
    pub fn remarks(&self) -> Vec<String> {
        let unread = self.unread().into_iter().map(|file| {
            let why = file.why.as_deref().unwrap_or_default();
            format!("not read: {}: {why}", file.name)
        });
        self.warnings.iter().cloned().chain(unread).collect()
    }

    /// The rules that any finding belongs to, each once, by code.
    pub fn rules(&self) -> Vec<RuleInfo> {
        let mut rules: Vec<RuleInfo> = self.issues.iter().map(|issue| issue.rule).collect();
        rules.sort_by_key(|rule| rule.code);
        rules.dedup_by_key(|rule| rule.code);
        rules
    }
}

/// `3 findings`
pub fn count(number: usize, word: &str) -> String {
    if number == 1 {
        return format!("1 {word}");
    }
    // Of a phrase the noun before the first of these words has the plural.
    let ends = [" of ", " that ", " outside "];
    let end = ends.iter().filter_map(|end| word.find(end)).min();
    let (noun, rest) = word.split_at(end.unwrap_or(word.len()));
    format!("{number} {noun}s{rest}")
}

/// `a, b, c and 3 more`
pub fn listed(names: &[String], shown: usize) -> String {
    let first: Vec<_> = names.iter().take(shown).map(String::as_str).collect();
    let more = names.len() - first.len();
    let text = first.join(", ");
    if more == 0 {
        return text;
    }
    format!("{text} and {more} more")
}

/// The level that code scanners know.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::{NotRead, count, not_read};
    use loader::{FileRead, Unread};

    #[test]
    fn inputs_with_one_remedy_are_one_short_line() {
        let file = |number: usize| {
            let name = format!("infrastructure/environments/region-{number}/cluster");
            FileRead {
                unread: Some(Unread {
                    what: "Terraform root module",
                    how: format!("`{name}` does not contain the account; add `--account NAME=ID`"),
                }),
                name,
                kind: None,
                why: None,
            }
        };
        let files: Vec<FileRead> = (0..27).map(file).collect();
        let lines: Vec<String> = not_read(&files).iter().map(NotRead::line).collect();
        let expected = "27 Terraform root modules (infrastructure/environments/region-0/cluster, infrastructure/environments/region-1/cluster and 25 more): add `--account NAME=ID`";
        assert_eq!(lines, [expected]);
        let group = not_read(&files[..1]);
        assert!(
            group[0]
                .line()
                .contains("does not contain the account; add")
        );
    }

    #[test]
    fn the_noun_of_a_phrase_has_the_plural() {
        for (number, word, counted) in [
            (
                1,
                "template of AWS resources",
                "1 template of AWS resources",
            ),
            (
                2,
                "template of AWS resources",
                "2 templates of AWS resources",
            ),
            (
                2,
                "file outside the sparse checkout",
                "2 files outside the sparse checkout",
            ),
            (3, "Terraform root module", "3 Terraform root modules"),
        ] {
            assert_eq!(count(number, word), counted);
        }
    }
}
