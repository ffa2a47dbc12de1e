//! Undecided mounts: an entry for the pods and mounts that miss the same facts.

use crate::{
    render::{Style, human::Message},
    report::{Report, count, listed},
};
use miette::Severity as Level;
use rules::lint::Undecided;
use std::collections::{HashMap, HashSet};

/// How many names of a list are shown.
const SHOWN: usize = 3;

/// The undecided mounts of some pods that miss the same facts.
struct Entry<'r> {
    world: usize,
    pods: Vec<&'r str>,
    mounts: Vec<&'r Undecided>,
    /// Missing for every mount.
    common: Vec<&'r str>,
    /// Missing for some mounts only.
    others: Vec<&'r str>,
}

/// The entries as text, and what supplies the missing facts.
pub(super) fn text(report: &Report, style: &Style) -> String {
    let mut text: String = entries(report)
        .iter()
        .filter_map(|entry| {
            let sources = report.sources.get(entry.world)?;
            Some(entry.message().render(sources, style) + "\n")
        })
        .collect();
    if !text.is_empty() {
        let word = style.paint("36", "help:");
        text.push_str(&format!(
            "  {word} a plan, `ascp-policy collect --print-script` or an ascp-policy.yaml can supply the missing facts\n\n"
        ));
    }
    text
}

fn entries(report: &Report) -> Vec<Entry<'_>> {
    let mut pods: Vec<(usize, &str, Vec<&Undecided>)> = Vec::new();
    let mut places: HashMap<(usize, &str), usize> = HashMap::new();
    for (world, mount) in &report.undecided {
        let at = *places.entry((*world, &mount.pod)).or_insert(pods.len());
        match pods.get_mut(at) {
            Some((.., mounts)) => mounts.push(mount),
            None => pods.push((*world, &mount.pod, vec![mount])),
        }
    }
    let entries = pods
        .into_iter()
        .map(|(world, pod, mounts)| Entry::new(world, pod, mounts));
    joined(entries)
}

/// Pods that miss the same facts share an entry.
fn joined<'r>(entries: impl Iterator<Item = Entry<'r>>) -> Vec<Entry<'r>> {
    let mut joined: Vec<Entry<'r>> = Vec::new();
    let mut places: HashMap<(usize, Vec<&str>, Vec<&str>), usize> = HashMap::new();
    for entry in entries {
        let key = (entry.world, entry.common.clone(), entry.others.clone());
        let at = *places.entry(key).or_insert(joined.len());
        match joined.get_mut(at) {
            Some(other) => {
                other.pods.extend(entry.pods);
                other.mounts.extend(entry.mounts);
            }
            None => joined.push(entry),
        }
    }
    joined
}

impl<'r> Entry<'r> {
    /// The mounts of a pod, with the missing facts divided into those of every mount and the rest.
    fn new(world: usize, pod: &'r str, mounts: Vec<&'r Undecided>) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut facts: Vec<&'r str> = Vec::new();
        for fact in mounts.iter().flat_map(|mount| mount.missing.iter()) {
            let count = counts.entry(fact).or_insert(0);
            if *count == 0 {
                facts.push(fact);
            }
            *count += 1;
        }
        let is_common = |fact: &&str| counts.get(fact) == Some(&mounts.len());
        let (common, others) = facts.into_iter().partition(is_common);
        Self {
            world,
            pods: vec![pod],
            common,
            others,
            mounts,
        }
    }

    fn message(&self) -> Message {
        let mut seen = HashSet::new();
        let objects = self.mounts.iter().map(|mount| mount.object.as_str());
        let objects: Vec<String> = objects
            .filter(|object| seen.insert(*object))
            .map(|object| format!("`{object}`"))
            .collect();
        let pods: Vec<String> = self.pods.iter().map(|pod| (*pod).to_owned()).collect();
        let who = match pods.as_slice() {
            [pod] => pod.clone(),
            pods => format!("{} ({})", count(pods.len(), "pod"), listed(pods, SHOWN)),
        };
        let what = match objects.as_slice() {
            [object] => object.clone(),
            objects => format!(
                "{} ({})",
                count(objects.len(), "object"),
                listed(objects, SHOWN)
            ),
        };
        let mut notes: Vec<String> = self
            .common
            .iter()
            .map(|fact| format!("missing: {fact}"))
            .collect();
        if !self.others.is_empty() {
            let facts: Vec<String> = self.others.iter().map(|fact| (*fact).to_owned()).collect();
            notes.push(format!("missing for some: {}", listed(&facts, SHOWN)));
        }
        let place = self.mounts.first();
        Message {
            severity: Level::Warning,
            title: format!("undecided: it is unknown whether {who} can read {what}"),
            labels: place
                .map(|mount| (mount.origin, "mounted here".to_owned()))
                .into_iter()
                .collect(),
            notes,
            help: None,
        }
    }
}
