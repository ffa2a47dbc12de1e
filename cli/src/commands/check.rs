//! `check`: every mount must work, now and at rotation.

use super::{Trouble, deliver, files, json, json_line, notes, read_for_rules};
use crate::{
    args::{Check, Common, Format, Uncertain},
    exit::Exit,
    load::{FileRead, Loaded, TEMPLATE},
    render::{
        Style,
        human::Message,
        json::{self, CheckAnswer, CheckSummary, FindingAnswer, Skipped},
        line,
    },
};
use miette::Severity as Level;
use policy_engine::simulator::Simulator;
use rules::{
    finding::Finding,
    lint::{self, Report},
    rule::Severity,
};
use std::path::PathBuf;

/// A world and what was found in it.
struct Checked {
    loaded: Loaded,
    report: Report,
    summary: CheckSummary,
}

/// Checks what the paths hold, and each world that stands in a directory below them.
pub fn run(arguments: &Check, common: &Common) -> Result<Exit, Trouble> {
    let started = std::time::Instant::now();
    let mut worlds = vec![check(&arguments.paths, common)?];
    let nested: Vec<_> = worlds
        .iter()
        .flat_map(|world| world.loaded.nested.clone())
        .collect();
    for path in nested {
        worlds.push(check(&[path], common)?);
    }
    let recognised = |world: &Checked| world.loaded.files.iter().any(|file| file.kind.is_some());
    if !worlds.iter().any(recognised) {
        return Err(nothing_recognised(
            worlds.iter().flat_map(|world| &world.loaded.files),
        ));
    }
    worlds.retain(recognised);
    let took = started.elapsed();
    deliver(common, |format, style| match format {
        Format::Text => text(&worlds, style, took),
        Format::Json => json(&answer(&worlds)),
        Format::Jsonl => worlds
            .iter()
            .flat_map(findings)
            .map(|one| json_line(&one))
            .collect(),
    })?;
    let fails = |world: &Checked| {
        // A mount that does not work fails the run, however grave its cause.
        let broken = world.report.working + world.report.undecided.len() < world.report.mounts;
        let grave = |finding: &Finding| finding.severity <= Severity::High;
        broken || world.report.findings.iter().any(grave)
    };
    Ok(if worlds.iter().any(fails) {
        Exit::No
    } else {
        Exit::Yes
    })
}

fn check(paths: &[PathBuf], common: &Common) -> Result<Checked, Trouble> {
    let loaded = read_for_rules(paths, common)?;
    let options = lint::Options {
        other: common.other(),
        report_uncertain: common.uncertain == Uncertain::Report,
        ..lint::Options::default()
    };
    let simulator = Simulator::new(&loaded.inventory);
    let report = lint::lint(&simulator, &loaded.sources, &options);
    let summary = CheckSummary {
        findings: report.findings.len(),
        pods: loaded.inventory.pods().len(),
        objects: loaded.inventory.objects().count(),
        mounts: report.mounts,
        working: report.working,
        undecided: report.undecided.len(),
    };
    Ok(Checked {
        loaded,
        report,
        summary,
    })
}

fn findings(world: &Checked) -> impl Iterator<Item = FindingAnswer> {
    world
        .report
        .findings
        .iter()
        .map(|one| json::finding(one, &world.loaded.sources))
}

fn answer(worlds: &[Checked]) -> CheckAnswer {
    CheckAnswer::new(
        worlds.iter().flat_map(findings).collect(),
        worlds
            .iter()
            .flat_map(|world| skipped(&world.loaded))
            .collect(),
        worlds.iter().flat_map(|world| &world.report.undecided),
        total(worlds),
    )
}

fn total(worlds: &[Checked]) -> CheckSummary {
    worlds
        .iter()
        .map(|world| world.summary)
        .fold(CheckSummary::default(), |all, one| CheckSummary {
            findings: all.findings + one.findings,
            pods: all.pods + one.pods,
            objects: all.objects + one.objects,
            mounts: all.mounts + one.mounts,
            working: all.working + one.working,
            undecided: all.undecided + one.undecided,
        })
}

fn nothing_recognised<'f>(files: impl Iterator<Item = &'f FileRead>) -> Trouble {
    let reasons = files.filter_map(|file| Some(format!("{}: {}", file.name, file.why.as_ref()?)));
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

fn text(worlds: &[Checked], style: &Style, took: std::time::Duration) -> String {
    let mut text: String = worlds
        .iter()
        .map(|world| world_text(world, style))
        .collect();
    if style.quiet {
        return text;
    }
    let summary = total(worlds);
    if summary.mounts == 0 {
        text.push_str(
            "no mount was found: no workload with a CSI volume of secrets-store.csi.k8s.io\n",
        );
    }
    text.push_str(&format!(
        "{}  ({} ms)\n",
        summary_line(summary, worlds),
        took.as_millis()
    ));
    text
}

/// A template may hold every mount there is: that it was not read is told without being asked.
fn templates(loaded: &Loaded, style: &Style) -> String {
    if style.quiet || style.verbose {
        return String::new();
    }
    let skipped = loaded
        .files
        .iter()
        .filter(|file| file.why.as_deref() == Some(TEMPLATE));
    skipped
        .map(|file| format!("skipped {}: {TEMPLATE}\n", line(&file.name)))
        .collect()
}

fn world_text(world: &Checked, style: &Style) -> String {
    let Checked { loaded, report, .. } = world;
    let mut text = files(loaded, style);
    text.push_str(&templates(loaded, style));
    if style.verbose {
        text.push_str(&notes(loaded, style));
    }
    for finding in &report.findings {
        text.push_str(&message(finding).render(&loaded.sources, style));
        text.push('\n');
    }
    if style.quiet {
        return text;
    }
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
    text
}

fn summary_line(summary: CheckSummary, worlds: &[Checked]) -> String {
    let count = |number: usize, word: &str| {
        format!("{number} {word}{}", if number == 1 { "" } else { "s" })
    };
    let undecided = match summary.undecided {
        0 => String::new(),
        1 => ", 1 is undecided".to_owned(),
        many => format!(", {many} are undecided"),
    };
    let sum = |of: fn(&Loaded) -> usize| worlds.iter().map(|world| of(&world.loaded)).sum();
    let several = if worlds.len() > 1 {
        format!("{} worlds, ", worlds.len())
    } else {
        String::new()
    };
    format!(
        "{}; {several}{}, {}, {}, {}; {} of {} mounts work{undecided}",
        count(summary.findings, "finding"),
        count(sum(|loaded| loaded.inventory.accounts.len()), "account"),
        count(sum(|loaded| loaded.inventory.clusters.len()), "cluster"),
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
        severity: if finding.severity <= Severity::High {
            Level::Error
        } else {
            Level::Warning
        },
        title: format!(
            "{} {}: {}",
            finding.rule.code, finding.rule.name, finding.message
        ),
        labels: std::iter::once(primary).chain(related).collect(),
        notes: finding
            .notes
            .iter()
            .cloned()
            .chain(finding.request.as_ref().map(rules::finding::Proof::line))
            .collect(),
        help: finding.help.clone(),
    }
}
