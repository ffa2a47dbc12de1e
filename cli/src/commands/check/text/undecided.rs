//! Undecided mounts: an entry for the pods and mounts that miss facts of the same kinds.

use crate::{
    render::{Style, human::Message},
    report::{Report, count, listed},
};
use miette::Severity as Level;
use policy_engine::source::SourceMap;
use rules::lint::Undecided;
use std::collections::{HashMap, HashSet};

/// How many names of a list are shown.
const SHOWN: usize = 3;

/// The undecided mounts of some pods that miss facts of the same kinds.
struct Entry<'r> {
    world: usize,
    pods: Vec<&'r str>,
    mounts: Vec<&'r Undecided>,
    /// The kinds of facts that every mount misses.
    common: Vec<&'r str>,
    /// Those that some mounts miss.
    others: Vec<&'r str>,
}

/// The kinds of facts whose names differ from mount to mount: `secret dev/db in us-east-1`, `association of prod:dev/app`.
const KINDS: [&str; 12] = [
    "SecretProviderClass ",
    "association of ",
    "managed policy ",
    "other policies of ",
    "parameter ",
    "permissions boundary of ",
    "resource policy of ",
    "role ",
    "secret ",
    "service account ",
    "tags of ",
    "trust policy of ",
];

/// The kinds of facts that follow from the cluster of a pod.
const OF_CLUSTERS: [&str; 4] = [
    "association of ",
    "parameter ",
    "secret ",
    "service account ",
];

/// The kind of a missing fact, and the rest of the fact; a fact of no known kind is its own kind.
fn split(fact: &str) -> (&str, &str) {
    let mut kinds = KINDS.into_iter();
    let kind = kinds.find(|kind| fact.starts_with(kind));
    fact.split_at(kind.map_or(fact.len(), str::len))
}

/// The entries as text, and what supplies the missing facts.
pub(super) fn text(report: &Report, style: &Style) -> String {
    let mut text: String = entries(report)
        .iter()
        .filter_map(|entry| {
            let sources = report.sources.get(entry.world)?;
            let clusters = report
                .clusters
                .get(entry.world)
                .map_or(&[][..], Vec::as_slice);
            let message = entry.message(clusters, sources);
            Some(message.render(sources, style) + "\n")
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

/// Pods that miss facts of the same kinds share an entry.
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
    /// The mounts of a pod, with the kinds of missing facts divided into those of every mount and the rest.
    fn new(world: usize, pod: &'r str, mounts: Vec<&'r Undecided>) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for mount in &mounts {
            let kinds: HashSet<&str> = mount.missing.iter().map(|fact| split(fact).0).collect();
            for kind in kinds {
                *counts.entry(kind).or_insert(0) += 1;
            }
        }
        let mut seen = HashSet::new();
        let facts = mounts.iter().flat_map(|mount| mount.missing.iter());
        let facts = facts.map(|fact| split(fact).0);
        let facts: Vec<&'r str> = facts.filter(|kind| seen.insert(*kind)).collect();
        let is_common = |kind: &&str| counts.get(kind) == Some(&mounts.len());
        let (common, others) = facts.into_iter().partition(is_common);
        Self {
            world,
            pods: vec![pod],
            common,
            others,
            mounts,
        }
    }

    /// The missing facts of a kind, without the kind.
    fn names(&self, kind: &str) -> Vec<String> {
        let mut seen = HashSet::new();
        let facts = self.mounts.iter().flat_map(|mount| &mount.missing);
        let names = facts.map(|fact| split(fact));
        let names = names.filter(|(own, name)| *own == kind && seen.insert(*name));
        names.map(|(_, name)| name.to_owned()).collect()
    }

    /// The known clusters, if these pods are in none of them: the cluster decides account, association and objects.
    fn choices<'c>(&self, clusters: &'c [String]) -> &'c [String] {
        let is_known = |pod: &&str| {
            let (cluster, _) = pod.split_once(':').unwrap_or_default();
            clusters.iter().any(|known| known == cluster)
        };
        if self.pods.iter().any(is_known) {
            return &[];
        }
        clusters
    }

    /// The line that joins the pods with a cluster.
    fn joining(&self, choices: &[String], sources: &SourceMap) -> Option<String> {
        let pod = self.pods.first()?;
        let (environment, _) = pod.split_once(':')?;
        if choices.is_empty() {
            return None;
        }
        let mut similar = choices.iter().filter(|name| name.contains(environment));
        let cluster = match (choices, similar.next(), similar.next()) {
            ([only], ..) => only,
            (_, Some(similar), None) => similar,
            // A guess would lead to definite answers about another account.
            _ => "NAME",
        };
        let file = sources.name(self.mounts.first()?.origin.source);
        let path = file.rsplit_once('/').map_or(file, |(folder, _)| folder);
        Some(format!(
            "state the cluster of the manifests: `--cluster {cluster}`, or `- {{ path: {path}, cluster: {cluster} }}` under `include` of an ascp-policy.yaml"
        ))
    }

    fn message(&self, clusters: &[String], sources: &SourceMap) -> Message {
        let choices = self.choices(clusters);
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
        let common = self.common.iter().map(|kind| ("missing", kind));
        let others = self.others.iter().map(|kind| ("missing for some", kind));
        let follows = |kind: &str| !choices.is_empty() && OF_CLUSTERS.contains(&kind);
        let facts = common.chain(others).filter(|(_, kind)| !follows(kind));
        let facts = facts.map(|(word, kind)| {
            let names = self.names(kind);
            format!("{word}: {kind}{}", listed(&names, SHOWN))
        });
        let which = format!(
            "missing: which cluster runs these pods ({})",
            listed(choices, SHOWN)
        );
        let which = (!choices.is_empty()).then_some(which);
        let notes = which.into_iter().chain(facts).collect();
        let place = self.mounts.first();
        Message {
            severity: Level::Warning,
            title: format!("undecided: it is unknown whether {who} can read {what}"),
            labels: place
                .map(|mount| (mount.origin, "mounted here".to_owned()))
                .into_iter()
                .collect(),
            notes,
            help: self.joining(choices, sources),
        }
    }
}
