//! Findings about one mistake, of which one is reported.

use crate::{
    finding::{Draft, Finding, MOUNTED},
    rule::{Rule, Severity},
};
use policy_engine::source::Origin;
use std::collections::{HashMap, HashSet};

/// Findings about one mistake. Each of them can be accepted by itself; one that is not accepted represents the others.
#[derive(Clone, Debug)]
pub struct Group {
    /// The finding that represents all, unless it is accepted.
    pub first: Finding,
    /// The others.
    pub others: Vec<Member>,
}

/// A finding that another represents.
#[derive(Clone, Debug)]
pub struct Member {
    /// The finding.
    pub finding: Finding,
    /// How the other finding reports it.
    pub part: Part,
}

/// How a finding reports another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As a further mount that does not work: a pod with an object.
    Mount(String),
    /// As the effect of the mistake: its message is a note.
    Effect,
    /// As a further finding: code, name and message are a note.
    Also,
    /// As the same change of another object: its message is a note if it differs.
    Copy,
    /// As a further place.
    Place,
    /// Not at all: it says the same.
    Same,
}

impl Group {
    pub(crate) fn new(first: Finding) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }

    /// Adds the findings of another group; the first of them becomes a part.
    pub(crate) fn add(&mut self, other: Self, part: Part) {
        self.others.push(Member {
            finding: other.first,
            part,
        });
        self.others.extend(other.others);
    }

    /// The drafts of a rule as findings; those at a place that has at most one finding are a group.
    pub(crate) fn all(rule: &'static Rule, drafts: Vec<Draft>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::with_capacity(drafts.len());
        let mut places: HashMap<Origin, usize> = HashMap::new();
        let mut primaries: HashMap<Origin, usize> = HashMap::new();
        for draft in drafts {
            let (next, primary) = (groups.len(), draft.primary.origin);
            let (known, part) = match draft.once {
                _ if draft.is_repetition => (primaries.get(&primary).copied(), Part::Same),
                Some(place) => (Some(*places.entry(place).or_insert(next)), Part::Place),
                None => (None, Part::Place),
            };
            let first = known.unwrap_or(next);
            for place in draft.repeated.iter().chain([&primary]) {
                primaries.entry(*place).or_insert(first);
            }
            let group = Self::new(draft.finish(rule));
            match groups.get_mut(first) {
                Some(first) => first.add(group, part),
                None => groups.push(group),
            }
        }
        groups
    }

    /// All findings, the first one first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let others = self.others.iter().map(|member| &member.finding);
        std::iter::once(&self.first).chain(others)
    }

    pub(crate) fn findings_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        let others = self.others.iter_mut().map(|member| &mut member.finding);
        std::iter::once(&mut self.first).chain(others)
    }

    /// The greatest severity.
    pub(crate) fn severity(&self) -> Severity {
        let others = self.others.iter().map(|member| member.finding.severity);
        others.fold(self.first.severity, Severity::min)
    }

    /// The finding that represents the wanted ones, with its number; the number of the first finding is 0. `None` if none is wanted.
    pub fn shown(&self, is_wanted: impl Fn(usize) -> bool) -> Option<(usize, Finding)> {
        let wanted = self.findings().enumerate();
        let wanted: Vec<_> = wanted.filter(|(number, _)| is_wanted(*number)).collect();
        let first = wanted.first().filter(|(number, _)| *number == 0);
        let worst = || wanted.iter().min_by_key(|(_, finding)| finding.severity);
        let (own, finding) = first.or_else(worst)?;
        let mut shown = (*finding).clone();
        let others = self.others.iter().zip(1_usize..);
        let others = others.filter(|(_, number)| number != own && is_wanted(*number));
        let others: Vec<&Member> = others.map(|(member, _)| member).collect();
        let mounts = others.iter().filter_map(|member| match &member.part {
            Part::Mount(mount) => Some(mount.as_str()),
            _ => None,
        });
        let mut mounts: Vec<&str> = mounts.collect();
        let mut places: HashSet<Origin> = finding.repeated.iter().copied().collect();
        places.insert(finding.primary.origin);
        for member in others {
            let finding = &member.finding;
            shown.severity = shown.severity.min(finding.severity);
            match &member.part {
                // The first one counts them all.
                Part::Mount(_) => shown.notes.extend(breaks(&std::mem::take(&mut mounts))),
                Part::Effect => {
                    shown.notes.push(finding.message.clone());
                    let mounted = finding.related.iter();
                    let mounted = mounted.filter(|label| label.text == MOUNTED);
                    shown.related.extend(mounted.cloned());
                }
                Part::Also => {
                    let (code, name) = (finding.rule.code, finding.rule.name);
                    let note = format!("also {code} {name}: {}", finding.message);
                    shown.notes.push(note);
                }
                Part::Copy if finding.message != shown.message => {
                    shown.notes.push(format!("also: {}", finding.message));
                }
                Part::Place => add_place(&mut shown, finding, &mut places),
                Part::Copy | Part::Same => {}
            }
        }
        Some((*own, shown))
    }
}

/// The note about further mounts that a cause breaks.
fn breaks(mounts: &[&str]) -> Option<String> {
    match mounts {
        [] => None,
        [mount] => Some(format!("it also breaks {mount}")),
        [mount, rest @ ..] => Some(format!("it also breaks {mount} and {} more", rest.len())),
    }
}

/// Adds the places of a finding with the same mistake, and its edits.
fn add_place(shown: &mut Finding, finding: &Finding, known: &mut HashSet<Origin>) {
    let repeated = finding.related.iter();
    let repeated = repeated.filter(|label| finding.repeated.contains(&label.origin));
    for place in std::iter::once(&finding.primary).chain(repeated) {
        if known.insert(place.origin) {
            shown.related.push(place.clone());
        }
    }
    if let (Some(fix), Some(more)) = (&mut shown.fix, &finding.fix) {
        let more = more.edits.iter();
        let new: Vec<_> = more.filter(|edit| !fix.edits.contains(edit)).collect();
        fix.edits.extend(new.into_iter().cloned());
    }
}
