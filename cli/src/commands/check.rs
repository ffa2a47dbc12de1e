//! `check`: every mount must work, now and at rotation.

use super::{Trouble, deliver, files, json, json_line, notes, read};
use crate::{
    args::{Check, Common, Format, Uncertain},
    exit::Exit,
    load::Loaded,
    render::{
        Style,
        human::Message,
        json::{self, CheckSummary, Skipped},
    },
};
use miette::Severity as Level;
use policy_engine::simulator::Simulator;
use rules::{
    broken_mount::{self, Report},
    code::Severity,
    finding::Finding,
};

/// Checks a world.
pub fn run(arguments: &Check, common: &Common) -> Result<Exit, Trouble> {
    let started = std::time::Instant::now();
    let loaded = read(&arguments.paths, common)?;
    if loaded.files.iter().all(|file| file.kind.is_none()) {
        return Err(nothing_recognised(&loaded));
    }
    let simulator = Simulator::new(&loaded.inventory);
    let report = broken_mount::check(&simulator, common.other());
    let summary = CheckSummary {
        findings: report.findings.len(),
        pods: loaded.inventory.pods().len(),
        objects: loaded.inventory.objects().count(),
        mounts: report.mounts,
        working: report.working,
        undecided: report.undecided.len(),
    };
    let took = started.elapsed();
    deliver(common, |format, style| match format {
        Format::Text => text(&report, summary, &loaded, style, took),
        Format::Json => json(&json::check(
            &report,
            summary,
            skipped(&loaded),
            &loaded.sources,
        )),
        Format::Jsonl => report
            .findings
            .iter()
            .map(|one| json_line(&json::finding(one, &loaded.sources)))
            .collect(),
    })?;
    let gated = report
        .findings
        .iter()
        .any(|finding| finding.code.severity <= Severity::High);
    let undecided = common.uncertain == Uncertain::Report && report.assumed.iter().next().is_some();
    Ok(match (gated, undecided) {
        (true, _) => Exit::No,
        (false, true) => Exit::Undecided,
        (false, false) => Exit::Yes,
    })
}

fn nothing_recognised(loaded: &Loaded) -> Trouble {
    let reasons = loaded
        .files
        .iter()
        .filter_map(|file| Some(format!("{}: {}", file.name, file.why.as_ref()?)));
    let mut trouble = Trouble::new(
        "nothing to check: no Kubernetes manifest, AWS answer, policy or world file was recognised",
        Some("name a directory with manifests or `aws … --output json` answers, or write an ascp-policy.yaml".into()),
    );
    if let Some(message) = trouble.messages.first_mut() {
        message.notes = reasons.take(10).collect();
    }
    trouble
}

fn skipped(loaded: &Loaded) -> Vec<Skipped> {
    let skipped = loaded.files.iter().filter(|file| file.kind.is_none());
    skipped
        .map(|file| Skipped {
            file: file.name.clone(),
            why: file.why.clone().unwrap_or_default(),
        })
        .collect()
}

fn text(
    report: &Report,
    summary: CheckSummary,
    loaded: &Loaded,
    style: &Style,
    took: std::time::Duration,
) -> String {
    let mut text = files(loaded, style);
    if style.verbose {
        text.push_str(&notes(loaded, style));
    }
    for finding in &report.findings {
        text.push_str(&message(finding).render(&loaded.sources, style));
        text.push('\n');
    }
    if !style.quiet {
        for one in &report.undecided {
            let undecided = Message {
                severity: Level::Warning,
                title: format!("undecided: whether {} can read `{}`", one.pod, one.object),
                labels: vec![(one.origin, "mounted here".into())],
                notes: one
                    .missing
                    .iter()
                    .map(|name| format!("missing: {name}"))
                    .collect(),
                help: None,
            };
            text.push_str(&undecided.render(&loaded.sources, style));
            text.push('\n');
        }
        let assumed: Vec<_> = report
            .assumed
            .iter()
            .map(|entry| entry.to_string())
            .collect();
        if !assumed.is_empty() {
            text.push_str(&format!(
                "  note: this rests on {}, which AWS does not document\n",
                assumed.join(", ")
            ));
        }
        if summary.mounts == 0 {
            text.push_str(
                "no mount was found: no workload with a CSI volume of secrets-store.csi.k8s.io\n",
            );
        }
        text.push_str(&format!(
            "{}  ({} ms)\n",
            summary_line(summary, loaded),
            took.as_millis()
        ));
    }
    text
}

fn summary_line(summary: CheckSummary, loaded: &Loaded) -> String {
    let count = |number: usize, word: &str| {
        format!("{number} {word}{}", if number == 1 { "" } else { "s" })
    };
    let undecided = match summary.undecided {
        0 => String::new(),
        1 => ", 1 is undecided".to_owned(),
        many => format!(", {many} are undecided"),
    };
    format!(
        "{}; {}, {}, {}, {}; {} of {} mounts work{undecided}",
        count(summary.findings, "finding"),
        count(loaded.inventory.accounts.len(), "account"),
        count(loaded.inventory.clusters.len(), "cluster"),
        count(summary.pods, "pod"),
        count(summary.objects, "object"),
        summary.working,
        summary.mounts,
    )
}

/// A finding as text.
pub fn message(finding: &Finding) -> Message {
    let primary = (finding.primary.origin, finding.primary.text.clone());
    let related = finding
        .related
        .iter()
        .map(|label| (label.origin, label.text.clone()));
    Message {
        severity: if finding.code.severity <= Severity::High {
            Level::Error
        } else {
            Level::Warning
        },
        title: format!(
            "{} {}: {}",
            finding.code.code, finding.code.name, finding.message
        ),
        labels: std::iter::once(primary).chain(related).collect(),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
    }
}
