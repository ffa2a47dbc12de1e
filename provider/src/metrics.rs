//! Metrics for operators. No label contains the name of a secret, a pod or a namespace, and each label has a bounded set of values.

use crate::error::Kind;
use aws_smithy_types::date_time::{DateTime, Format};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{collections::BTreeSet, sync::Mutex, time::Duration};

type Labels = Vec<(&'static str, String)>;

/// Every metric of the process.
pub(crate) struct Metrics {
    registry: Registry,
    mounts: Family<Labels, Counter>,
    durations: Histogram,
    in_flight: Gauge,
    files: Family<Labels, Counter>,
    calls: Family<Labels, Counter>,
    credentials: Family<Labels, Counter>,
    policy: PolicyMetrics,
    regions: Mutex<BTreeSet<String>>,
}

/// The number of regions with labels of their own. Attributes name regions, so their number needs a bound.
const MAX_REGIONS: usize = 64;

impl Metrics {
    /// Registers every metric.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("secrets_provider");
        let mounts = Family::default();
        let durations = Histogram::new([
            0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 110.0,
        ]);
        let in_flight = Gauge::default();
        let files = Family::default();
        let calls = Family::default();
        let credentials = Family::default();
        registry.register("mounts", "Mounts by outcome", Family::clone(&mounts));
        registry.register(
            "mount_duration_seconds",
            "Duration of mounts",
            durations.clone(),
        );
        registry.register("mounts_in_flight", "Running mounts", in_flight.clone());
        registry.register("files", "Files by result", Family::clone(&files));
        registry.register(
            "calls",
            "Calls by service, operation, region and outcome",
            Family::clone(&calls),
        );
        registry.register(
            "credentials",
            "Credentials by kind and source",
            Family::clone(&credentials),
        );
        let policy = PolicyMetrics::new(&mut registry);
        Self {
            registry,
            mounts,
            durations,
            in_flight,
            files,
            calls,
            credentials,
            policy,
            regions: Mutex::new(BTreeSet::new()),
        }
    }

    /// Counts a mount as running until the guard is dropped.
    pub(crate) fn start_mount(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts a mount that ended.
    pub(crate) fn mount(&self, outcome: Option<Kind>, took: Duration) {
        let outcome = outcome.map_or("OK", Kind::name).to_owned();
        self.mounts.get_or_create(&vec![("outcome", outcome)]).inc();
        self.durations.observe(took.as_secs_f64());
    }

    /// Counts files.
    pub(crate) fn files(&self, what: &'static str, count: usize) {
        let labels = vec![("result", what.to_owned())];
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.files.get_or_create(&labels).inc_by(count);
    }

    /// Counts a call to AWS, the agent or the Kubernetes API.
    pub(crate) fn call(&self, service: &str, operation: &str, region: &str, outcome: &str) {
        let labels = vec![
            ("service", service.to_owned()),
            ("operation", operation.to_owned()),
            ("region", self.region(region)),
            ("outcome", bounded(outcome)),
        ];
        self.calls.get_or_create(&labels).inc();
    }

    /// Counts credentials: fetched, cached or failed.
    pub(crate) fn credentials(&self, kind: &'static str, source: &'static str) {
        let labels = vec![("kind", kind.to_owned()), ("source", source.to_owned())];
        self.credentials.get_or_create(&labels).inc();
    }

    /// Counts a reading of the policy snapshot.
    pub(crate) fn policy_read(&self, outcome: &'static str) {
        let labels = vec![("outcome", outcome.to_owned())];
        self.policy.reads.get_or_create(&labels).inc();
    }

    /// Sets the metrics of the present snapshot.
    pub(crate) fn policy_loaded(&self, built: &str) {
        self.policy.loaded.set(1);
        self.policy.built.set(seconds(built).unwrap_or_default());
    }

    /// Sets the number of promises with a result.
    pub(crate) fn policy_promises(&self, result: &'static str, count: usize) {
        set(&self.policy.promises, "result", result, count);
    }

    /// Sets the number of findings with a severity.
    pub(crate) fn policy_findings(&self, severity: &'static str, count: usize) {
        set(&self.policy.findings, "severity", severity, count);
    }

    /// Counts a mount that the snapshot evaluated.
    pub(crate) fn policy_mount(&self, mode: &'static str, verdict: &'static str) {
        let labels = vec![("mode", mode.to_owned()), ("verdict", verdict.to_owned())];
        self.policy.mounts.get_or_create(&labels).inc();
    }

    /// Counts a mount on which AWS and the snapshot disagree.
    pub(crate) fn policy_disagreement(&self, aws: &'static str) {
        let labels = vec![("aws", aws.to_owned())];
        self.policy.disagreements.get_or_create(&labels).inc();
    }

    /// The text that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn region(&self, region: &str) -> String {
        let Ok(mut regions) = self.regions.lock() else {
            return "other".to_owned();
        };
        if regions.contains(region) {
            return region.to_owned();
        }
        let plain = region.len() <= 32
            && region
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain || regions.len() >= MAX_REGIONS {
            return "other".to_owned();
        }
        regions.insert(region.to_owned());
        region.to_owned()
    }
}

/// The metrics of the policy snapshot.
struct PolicyMetrics {
    reads: Family<Labels, Counter>,
    loaded: Gauge,
    built: Gauge,
    promises: Family<Labels, Gauge>,
    findings: Family<Labels, Gauge>,
    mounts: Family<Labels, Counter>,
    disagreements: Family<Labels, Counter>,
}

impl PolicyMetrics {
    fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            reads: Family::default(),
            loaded: Gauge::default(),
            built: Gauge::default(),
            promises: Family::default(),
            findings: Family::default(),
            mounts: Family::default(),
            disagreements: Family::default(),
        };
        let registry = registry.sub_registry_with_prefix("policy");
        registry.register(
            "snapshot_reads",
            "Readings of the policy snapshot by outcome",
            Family::clone(&metrics.reads),
        );
        registry.register(
            "snapshot_loaded",
            "Whether a policy snapshot is in use",
            metrics.loaded.clone(),
        );
        registry.register(
            "snapshot_built_timestamp_seconds",
            "Time at which the present policy snapshot was built; 0 if it is unknown",
            metrics.built.clone(),
        );
        registry.register(
            "promises",
            "Promises of the policy snapshot by result",
            Family::clone(&metrics.promises),
        );
        registry.register(
            "findings",
            "Findings of the self-check by severity",
            Family::clone(&metrics.findings),
        );
        registry.register(
            "mounts",
            "Mounts that the policy snapshot evaluated",
            Family::clone(&metrics.mounts),
        );
        registry.register(
            "disagreements",
            "Mounts on which AWS and the policy snapshot disagree, by the result of AWS",
            Family::clone(&metrics.disagreements),
        );
        metrics
    }
}

fn set(family: &Family<Labels, Gauge>, label: &'static str, value: &str, count: usize) {
    let labels = vec![(label, value.to_owned())];
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    family.get_or_create(&labels).set(count);
}

/// Seconds since 1970 of a time, or of the start of a day.
fn seconds(text: &str) -> Option<i64> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let time = DateTime::from_str(&whole, Format::DateTimeWithOffset).ok()?;
    Some(time.secs())
}

/// Codes of AWS are short words; all other texts share one label.
fn bounded(outcome: &str) -> String {
    let word = outcome.len() <= 48
        && outcome
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if word {
        outcome.to_owned()
    } else {
        "other".to_owned()
    }
}

/// A running mount.
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_are_read() {
        for (text, wanted) in [
            ("1970-01-01T00:01:00Z", Some(60)),
            ("2026-11-20T10:00:00+02:00", Some(1_795_161_600)),
            ("2026-11-20", Some(1_795_132_800)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }

    #[test]
    fn labels_do_not_grow_with_the_content_of_classes() {
        let metrics = Metrics::new();
        for number in 0..200 {
            metrics.call("ssm", "GetParameters", &format!("r{number}"), "OK");
        }
        metrics.call("ssm", "GetParameters", "Über/region", "two words");
        let text = metrics.text();
        assert_eq!(text.matches("region=\"r").count(), MAX_REGIONS);
        assert!(
            text.contains("region=\"other\",outcome=\"other\""),
            "{text}"
        );
    }
}
