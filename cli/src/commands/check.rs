//! `check`: reports mounts that fail and access that is wider than intended.

mod analysis;
mod change;
mod compared;
mod text;

pub(crate) use analysis::{Analysis, analyse, before, configuration};
pub use text::message;

use super::{Trouble, json, json_line, print, write_file};
use crate::{
    args::{Check, Common, Form, Format, GradeArg, Output, ReportFormat},
    baseline, catalog,
    config::{Config, FailOn},
    exit::Exit,
    fix::{self, Fixed},
    issue::Issue,
    render::{
        Style,
        findings::{self, CheckAnswer},
        junit::junit,
        line, lines, sarif,
    },
    report::Report,
    rulebook::{Class, Severity},
};
use loader::Overlay;
use rules::finding::Grade;
use std::io::Write;

/// Checks the paths, and each world in a directory below them.
pub fn run(arguments: &Check, common: &Common) -> Result<Exit, Trouble> {
    let started = std::time::Instant::now();
    let config = configuration(&arguments.judging, &arguments.paths)?;
    let catalog = arguments.judging.catalog.as_deref();
    let catalog = catalog.map(catalog::read).transpose()?;
    let before = analysis::before(&arguments.judging, common)?;
    let baseline = baseline::used(arguments.baseline.as_deref(), &config);
    let analysis = Analysis {
        catalog: catalog.as_ref(),
        paths: &arguments.paths,
        judging: &arguments.judging,
        baseline: baseline.as_ref(),
        config: &config,
        before: before.as_ref(),
        common,
    };
    let (report, fixed) = match grade(arguments) {
        None => (analyse(&analysis, &Overlay::default())?, None),
        Some(grade) => {
            let (fixed, report) = fix::fix(grade, |overlay| analyse(&analysis, overlay))?;
            // A patch is about the files as they are.
            let report = if arguments.diff {
                analyse(&analysis, &Overlay::default())?
            } else {
                report
            };
            (report, Some(fixed))
        }
    };
    if let Some(fixed) = fixed.as_ref().filter(|_| !arguments.diff) {
        fix::write(fixed).map_err(|error| Trouble::new(error, None))?;
    }
    let took = started.elapsed();
    deliver(arguments, common, &report, fixed.as_ref(), took)?;
    warn_unread(&report, common);
    warn_elsewhere(&report, common);
    Ok(Gate::new(arguments, &config).exit(&report))
}

/// With `--quiet`, and beside a format for machines, lines on standard error state which inputs of this job were not read.
fn warn_unread(report: &Report, common: &Common) {
    let is_text = |output: &Output| {
        output.file.is_none() && matches!(output.format, Form::Common(Format::Text))
    };
    if !common.quiet && common.outputs().iter().any(is_text) {
        return;
    }
    let groups = report.not_read().into_iter();
    let text: String = groups
        .map(|group| format!("not read: {}\n", line(&group.line())))
        .collect();
    // A closed standard error is no reason to fail.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// What the formats of other programs have no place for is stated on standard error.
fn warn_elsewhere(report: &Report, common: &Common) {
    let states_all = |output: &Output| {
        output.file.is_none() && matches!(output.format, Form::Common(Format::Text | Format::Json))
    };
    if common.quiet || common.outputs().iter().any(states_all) {
        return;
    }
    let remarks = report.remarks().into_iter();
    let text: String = remarks.map(|remark| line(&remark) + "\n").collect();
    // A closed standard error is no reason to fail.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn grade(arguments: &Check) -> Option<Grade> {
    match arguments.fix {
        Some(GradeArg::Safe) => Some(Grade::Safe),
        Some(GradeArg::Repair) => Some(Grade::Repair),
        Some(GradeArg::Unsafe) => Some(Grade::Unsafe),
        None => arguments.diff.then_some(Grade::Safe),
    }
}

/// When a run fails.
struct Gate {
    severity: Option<Severity>,
    undecided: bool,
    max_warnings: Option<usize>,
}

impl Gate {
    fn new(arguments: &Check, config: &Config) -> Self {
        let gates = if arguments.fail_on.is_empty() {
            &config.fail_on
        } else {
            &arguments.fail_on
        };
        let severities = gates.iter().filter_map(|gate| match gate {
            FailOn::Severity(severity) => Some(*severity),
            FailOn::Undecided => None,
        });
        Self {
            severity: severities.max(),
            undecided: gates.contains(&FailOn::Undecided),
            max_warnings: arguments.max_warnings.or(config.max_warnings),
        }
    }

    fn exit(&self, report: &Report) -> Exit {
        // Of a finding that breaks a mount another class can be reported.
        let fails = report.open().any(|issue| self.stops(report, issue));
        let others = report.active().filter(|issue| !self.stops(report, issue));
        let is_open = !report.undecided.is_empty() || !report.unread().is_empty();
        let count = others.count();
        if fails || self.max_warnings.is_some_and(|most| count > most) {
            Exit::No
        } else if self.undecided && is_open {
            Exit::Undecided
        } else {
            Exit::Yes
        }
    }

    /// Without `--fail-on`, critical and high findings fail the run, and so does a finding that breaks a mount.
    fn stops(&self, report: &Report, issue: &Issue) -> bool {
        if let Some(gate) = self.severity {
            return issue.severity <= gate;
        }
        let counts = report.counts;
        let broken = counts.working + report.undecided.len() < counts.mounts;
        issue.severity <= Severity::High
            || (broken && issue.class == Class::Break && issue.severity <= Severity::Low)
    }
}

/// Writes the report in every requested format.
fn deliver(
    arguments: &Check,
    common: &Common,
    report: &Report,
    fixed: Option<&Fixed>,
    took: std::time::Duration,
) -> Result<(), Trouble> {
    let style = Style::new(common);
    // A patch on standard output must be nothing but a patch.
    let patch = fixed
        .filter(|_| arguments.diff)
        .map(|fixed| fix::diff(fixed, report));
    if let Some(patch) = &patch {
        print(patch)?;
    }
    for Output { format, file } in common.outputs() {
        let plain = style.plain();
        let chosen = if file.is_some() { &plain } else { &style };
        if file.is_none() && patch.is_some() {
            continue;
        }
        let made = match format {
            Form::Common(Format::Text) => text::text(arguments, report, fixed, chosen, took),
            Form::Common(Format::Json) => crate::render::escape(&json(&CheckAnswer::new(report))),
            Form::Common(Format::Jsonl) => report
                .active()
                .map(|issue| crate::render::escape(&json_line(&findings::finding(report, issue))))
                .collect(),
            Form::Report(ReportFormat::Concise) => lines::concise(report),
            Form::Report(ReportFormat::Sarif) => sarif::sarif(report),
            Form::Report(ReportFormat::Github) => lines::github(report),
            Form::Report(ReportFormat::Gitlab) => lines::gitlab(report),
            Form::Report(ReportFormat::Junit) => junit(report),
            Form::Report(ReportFormat::Checkstyle) => lines::checkstyle(report),
            Form::Report(ReportFormat::Markdown) => lines::markdown(report),
        };
        match file {
            Some(file) => write_file(&file, &made)?,
            None => print(&made)?,
        }
    }
    Ok(())
}
