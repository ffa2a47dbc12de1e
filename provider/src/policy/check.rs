//! The self-check: promises, rules and token audiences of the snapshot, before the process reports ready.

use super::question::{bounded, place};
use crate::metrics::Metrics;
use policy_engine::{
    evaluator::explain::Miss,
    inventory::Inventory,
    simulator::{
        Simulator,
        promises::{self, Kept, Promised, Terms},
    },
    snapshot::Snapshot,
};
use rules::{
    finding::Finding,
    lint::{self, Options},
    rule::Severity,
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tracing::{info, warn};

/// A promise that is not evaluated within this time is undecided.
const BUDGET: Duration = Duration::from_secs(5);
/// The number of promises and findings in the report, and in the log.
const LISTED: usize = 1000;
const LOGGED: usize = 20;
/// The longest name or value, and the longest sentence, in bytes.
const SHORT: usize = 160;
const LONG: usize = 480;

/// The result of the self-check.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Token audiences that classes need and the CSIDriver does not request.
    pub(crate) audiences: Audiences,
    /// The promises by result.
    pub(crate) promises: Promises,
    /// The findings of the rules.
    pub(crate) findings: Findings,
    /// The duration in milliseconds.
    pub(crate) took_ms: u64,
}

/// Token audiences of the CSIDriver.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Audiences {
    /// The source: `api`, `snapshot`, or none.
    pub(crate) source: Option<&'static str>,
    /// The missing audiences.
    pub(crate) missing: Vec<Missing>,
}

/// A missing audience.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Missing {
    /// The audience.
    pub(crate) audience: &'static str,
    /// The classes that do not work without it.
    pub(crate) affects: String,
}

/// Promises by their result.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Promises {
    /// Whether the world has no promise, so that each mount is a promise.
    pub(crate) implied: bool,
    /// The number that hold.
    pub(crate) held: usize,
    /// The number that are broken.
    pub(crate) broken: usize,
    /// The number that are undecided.
    pub(crate) undecided: usize,
    /// The promises that are broken or undecided.
    pub(crate) list: Vec<PromiseLine>,
}

/// A promise that is broken or undecided.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PromiseLine {
    pod: String,
    ask: String,
    object: String,
    promised: &'static str,
    /// Absent if it is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<bool>,
    decision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wanted: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found: Vec<String>,
}

/// Findings by severity.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Findings {
    /// The number per severity.
    pub(crate) by_severity: BTreeMap<&'static str, usize>,
    /// The findings, the worst first.
    pub(crate) list: Vec<FindingLine>,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FindingLine {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    object: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// The severities in order.
const SEVERITIES: [(Severity, &str); 5] = [
    (Severity::Critical, "critical"),
    (Severity::High, "high"),
    (Severity::Medium, "medium"),
    (Severity::Low, "low"),
    (Severity::Info, "info"),
];

/// Checks everything; `audiences` are those of the Kubernetes API, if it returned them.
pub(super) fn run<'a>(
    snapshot: &'a Snapshot,
    simulator: &'a Simulator<'a>,
    cluster: Option<&str>,
    audiences: Option<Vec<String>>,
) -> Report {
    let start = Instant::now();
    let audiences = missing_audiences(&snapshot.inventory, cluster, audiences);
    let promises = promises(snapshot, simulator, cluster, start + BUDGET);
    let findings = findings(snapshot, simulator);
    let took = start.elapsed();
    Report {
        audiences,
        promises,
        findings,
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }
}

fn missing_audiences(
    inventory: &Inventory,
    cluster: Option<&str>,
    from_api: Option<Vec<String>>,
) -> Audiences {
    let own = |reference: &str| cluster.is_none_or(|cluster| cluster == reference);
    let (source, known) = match from_api {
        Some(known) => (Some("api"), known),
        None => {
            let mut known = inventory
                .clusters
                .iter()
                .filter(|cluster| own(&cluster.arn))
                .filter_map(|cluster| cluster.audiences.as_ref());
            match known.next() {
                Some(known) => (Some("snapshot"), known.value.clone()),
                None => return Audiences::default(),
            }
        }
    };
    let uses = |pod_identity: bool| {
        let classes = inventory.classes.iter().filter(|class| {
            class.provider == "aws"
                && own(&class.cluster)
                && class.uses_pod_identity() == Some(pod_identity)
        });
        classes.count()
    };
    let missing = [
        (true, "pods.eks.amazonaws.com", "with usePodIdentity"),
        (false, "sts.amazonaws.com", "without usePodIdentity"),
    ]
    .into_iter()
    .filter_map(|(pod_identity, audience, what)| {
        let count = uses(pod_identity);
        let lacks = count > 0 && !known.iter().any(|other| other == audience);
        let classes = if count == 1 { "class" } else { "classes" };
        lacks.then(|| Missing {
            audience,
            affects: format!("{count} {classes} {what}"),
        })
    });
    Audiences {
        source,
        missing: missing.collect(),
    }
}

fn promises<'a>(
    snapshot: &'a Snapshot,
    simulator: &'a Simulator<'a>,
    cluster: Option<&str>,
    end: Instant,
) -> Promises {
    let written = &snapshot.promises;
    let mut promises = Promises {
        implied: written.pods.is_empty() && written.readers.is_empty(),
        ..Promises::default()
    };
    if promises.implied {
        promises.take(
            snapshot,
            promises::implied(simulator, Terms::default()),
            cluster,
            end,
        );
        return promises;
    }
    match promises::stated(simulator, written, Terms::default()) {
        Ok(kept) => promises.take(snapshot, kept, cluster, end),
        Err(problem) => {
            warn!(
                "the promises are not evaluated: {problem}; {}",
                problem.help()
            );
            promises.undecided = written.pods.len() + written.readers.len();
        }
    }
    promises
}

impl Promises {
    fn take<'a>(
        &mut self,
        snapshot: &'a Snapshot,
        kept: impl Iterator<Item = Kept<'a>>,
        cluster: Option<&str>,
        end: Instant,
    ) {
        for kept in kept {
            if Instant::now() >= end {
                warn!(
                    "the promises take too long; the report contains only those within the time limit"
                );
                self.undecided += 1;
                return;
            }
            let pod = kept.pod.as_ref();
            if pod.is_some_and(|pod| cluster.is_some_and(|cluster| pod.cluster != cluster)) {
                continue;
            }
            match kept.held {
                Some(true) => {
                    self.held += 1;
                    continue;
                }
                Some(false) => self.broken += 1,
                None => self.undecided += 1,
            }
            if self.list.len() < LISTED {
                self.list.push(PromiseLine::new(snapshot, &kept));
            }
        }
    }
}

impl PromiseLine {
    fn new(snapshot: &Snapshot, kept: &Kept<'_>) -> Self {
        let inventory = &snapshot.inventory;
        let deciding = kept.walk.as_ref().and_then(|walk| walk.deciding());
        let miss = deciding.and_then(|stage| clearest(&stage.missed));
        let origin = miss
            .map(|miss| miss.origin)
            .or_else(|| deciding?.by.as_ref().map(|by| by.origin));
        let promised = match kept.promised {
            Promised::Pod(promise) if !promise.can => "cannot",
            Promised::Pod(_) | Promised::Mount(_) => "can",
            Promised::Readers(..) => "readers",
        };
        Self {
            pod: kept
                .pod
                .as_ref()
                .map_or_else(String::new, |pod| bounded(&inventory.pod_name(pod), SHORT)),
            ask: kept.ask.to_string(),
            object: bounded(&kept.object_name(inventory), SHORT),
            promised,
            held: kept.held,
            decision: kept.decision.to_string(),
            stage: deciding.map(|stage| stage.name.to_string()),
            place: origin.and_then(|origin| place(snapshot, origin)),
            key: miss.and_then(|miss| Some(bounded(miss.key.as_deref()?, SHORT))),
            wanted: miss.map(|miss| values(&miss.wanted)).unwrap_or_default(),
            found: miss.map(|miss| values(&miss.actual)).unwrap_or_default(),
        }
    }
}

/// The first values, each cut.
fn values(values: &[String]) -> Vec<String> {
    let few = values.iter().take(4);
    few.map(|value| bounded(value, SHORT)).collect()
}

/// The clearest miss: a condition before any other element.
fn clearest(missed: &[Miss]) -> Option<&Miss> {
    let with_key = missed.iter().find(|miss| miss.key.is_some());
    with_key.or(missed.first())
}

fn findings<'a>(snapshot: &'a Snapshot, simulator: &'a Simulator<'a>) -> Findings {
    let mut sorted = lint::lint(simulator, &snapshot.sources, &Options::default()).findings;
    sorted.sort_by_key(|finding| finding.severity);
    let mut findings = Findings::default();
    for (severity, word) in SEVERITIES {
        let count = sorted
            .iter()
            .filter(|finding| finding.severity == severity)
            .count();
        findings.by_severity.insert(word, count);
    }
    let line = |finding: &Finding| FindingLine {
        code: finding.rule.code,
        name: finding.rule.name,
        severity: word(finding.severity),
        object: bounded(&finding.object, SHORT),
        message: bounded(&finding.message, LONG),
        place: place(snapshot, finding.primary.origin),
    };
    findings.list = sorted.iter().take(LISTED).map(line).collect();
    findings
}

fn word(severity: Severity) -> &'static str {
    let known = SEVERITIES.iter().find(|(other, _)| *other == severity);
    known.map_or("", |(_, word)| word)
}

impl Report {
    /// Sets the metrics of the self-check.
    pub(super) fn record(&self, metrics: &Metrics) {
        let promises = &self.promises;
        for (result, count) in [
            ("held", promises.held),
            ("broken", promises.broken),
            ("undecided", promises.undecided),
        ] {
            metrics.policy_promises(result, count);
        }
        for (_, severity) in SEVERITIES {
            let count = self.findings.by_severity.get(severity);
            metrics.policy_findings(severity, count.copied().unwrap_or_default());
        }
    }
}

/// Logs a report.
pub(super) fn log(report: &Report) {
    for Missing { audience, affects } in &report.audiences.missing {
        let object = "CSIDriver/secrets-store.csi.k8s.io";
        warn!(object, audience, affects, "token audience missing");
    }
    let broken = report.promises.list.iter();
    let broken = broken.filter(|promise| promise.held == Some(false));
    for promise in broken.take(LOGGED) {
        warn!(
            pod = promise.pod,
            object = promise.object,
            promised = promise.promised,
            stage = promise.stage,
            key = promise.key,
            wanted = promise.wanted.join(", "),
            found = promise.found.join(", "),
            place = promise.place,
            "promise broken"
        );
    }
    let grave = report.findings.list.iter();
    let grave = grave.filter(|finding| matches!(finding.severity, "critical" | "high"));
    for finding in grave.take(LOGGED) {
        warn!(
            code = finding.code,
            severity = finding.severity,
            object = finding.object,
            place = finding.place,
            "finding: {}",
            finding.message
        );
    }
    let Promises {
        held,
        broken,
        undecided,
        ..
    } = report.promises;
    let counts = &report.findings.by_severity;
    let count = |severity: &str| counts.get(severity).copied().unwrap_or_default();
    info!(
        promises = held + broken + undecided,
        held,
        broken,
        undecided,
        critical = count("critical"),
        high = count("high"),
        took = format!("{}ms", report.took_ms),
        "self-check done"
    );
}
