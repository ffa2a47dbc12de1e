//! Findings as JSON. The names of members are stable.

use crate::{
    issue::{Issue, State, place},
    report::Report,
};
use policy_engine::source::Origin;
use serde::Serialize;

/// The answer of `check`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckAnswer {
    schema: &'static str,
    findings: Vec<FindingAnswer>,
    skipped: Vec<Skipped>,
    skipped_rules: Vec<SkippedRule>,
    suppressed: Vec<FindingAnswer>,
    undecided: Vec<UndecidedAnswer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    summary: CheckSummary,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct FindingAnswer {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    class: &'static str,
    message: String,
    object: String,
    locations: Vec<Location>,
    notes: Vec<String>,
    help: Option<String>,
    fix: Option<FixAnswer>,
    aws: Option<&'static str>,
    url: String,
    fingerprint: String,
    /// The findings about the same mistake that it represents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    represents: Vec<RepresentedAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<String>,
}

#[derive(Debug, Serialize)]
struct RepresentedAnswer {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    object: String,
    fingerprint: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    label: String,
    primary: bool,
}

#[derive(Debug, Serialize)]
struct FixAnswer {
    grade: &'static str,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start: u32,
    end: u32,
    text: String,
}

/// A file that was not read.
#[derive(Debug, Serialize)]
struct Skipped {
    file: String,
    why: String,
}

/// A rule that was neither passed nor failed.
#[derive(Debug, Serialize)]
struct SkippedRule {
    code: &'static str,
    name: &'static str,
    missing: &'static str,
}

#[derive(Debug, Serialize)]
struct UndecidedAnswer {
    pod: String,
    object: String,
    missing: Vec<String>,
}

/// The counts of `check`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct CheckSummary {
    findings: usize,
    suppressed: usize,
    baselined: usize,
    pods: usize,
    objects: usize,
    mounts: usize,
    working: usize,
    undecided: usize,
}

/// A finding as JSON.
pub fn finding(report: &Report, issue: &Issue) -> FindingAnswer {
    let locations = issue.places(&report.sources).into_iter().enumerate();
    let locations = locations.map(|(number, (place, label))| Location {
        file: place.file,
        line: place.position.line,
        column: place.position.column,
        end_line: place.position.end_line,
        end_column: place.position.end_column,
        address: place.address,
        label,
        primary: number == 0,
    });
    let (state, reason, exception) = match &issue.state {
        State::Active => (None, None, None),
        State::Baselined => (Some("baselined"), None, None),
        State::Suppressed(exception) => (
            Some("suppressed"),
            exception.reason.clone(),
            Some(exception.place.clone()),
        ),
    };
    FindingAnswer {
        code: issue.rule.code,
        name: issue.rule.name,
        severity: issue.severity.word(),
        class: issue.class.word(),
        message: issue.message.clone(),
        object: issue.object.clone(),
        locations: locations.collect(),
        notes: issue.notes.clone(),
        help: issue.help.clone(),
        fix: issue.fix.as_ref().and_then(|fix| {
            let edits = fix
                .edits
                .iter()
                .map(|(origin, text)| edit(report, issue.world, *origin, text));
            Some(FixAnswer {
                grade: fix.grade.word(),
                edits: edits.collect::<Option<_>>()?,
            })
        }),
        aws: issue.rule.aws.first().copied(),
        url: issue.rule.url(),
        fingerprint: issue.fingerprint.clone(),
        represents: issue
            .represents
            .iter()
            .map(|other| RepresentedAnswer {
                code: other.rule.code,
                name: other.rule.name,
                severity: other.severity.word(),
                message: other.message.clone(),
                object: other.object.clone(),
                fingerprint: other.fingerprint.clone(),
            })
            .collect(),
        state,
        reason,
        exception,
    }
}

/// An edit; nothing at a place where the old text is not literal.
fn edit(report: &Report, world: usize, origin: Origin, text: &str) -> Option<Edit> {
    let source = report.sources.get(world)?.get(origin.source)?;
    let text = crate::fix::place::written(source, origin.span, text)?;
    let place = place(&report.sources, world, origin)?;
    Some(Edit {
        file: place.file,
        line: place.position.line,
        column: place.position.column,
        end_line: place.position.end_line,
        end_column: place.position.end_column,
        start: origin.span.start,
        end: origin.span.end,
        text,
    })
}

impl CheckAnswer {
    /// The answer of a report.
    pub fn new(report: &Report) -> Self {
        let all = |active: bool| {
            let issues = report.issues.iter();
            issues
                .filter(|issue| issue.is_active() == active)
                .map(|issue| finding(report, issue))
                .collect::<Vec<_>>()
        };
        let (suppressed, baselined) = report.silent();
        let skipped = report.files.iter().filter(|file| file.kind.is_none());
        Self {
            schema: "ascp-policy/check/v1",
            findings: all(true),
            skipped: skipped
                .map(|file| Skipped {
                    file: file.name.clone(),
                    why: file.why.clone().unwrap_or_default(),
                })
                .collect(),
            skipped_rules: report
                .skipped_rules
                .iter()
                .map(|(rule, missing)| SkippedRule {
                    code: rule.code,
                    name: rule.name,
                    missing,
                })
                .collect(),
            suppressed: all(false),
            undecided: report
                .undecided
                .iter()
                .map(|(_, mount)| UndecidedAnswer {
                    pod: mount.pod.clone(),
                    object: mount.object.clone(),
                    missing: mount.missing.clone(),
                })
                .collect(),
            warnings: report.warnings.clone(),
            summary: CheckSummary {
                findings: report.active().count(),
                suppressed,
                baselined,
                pods: report.counts.pods,
                objects: report.counts.objects,
                mounts: report.counts.mounts,
                working: report.counts.working,
                undecided: report.undecided.len(),
            },
        }
    }
}
