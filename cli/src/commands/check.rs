//! `check`: reports mounts that fail and access that is wider than intended.

mod analysis;
mod text;

pub(crate) use analysis::{Analysis, analyse, before, configuration};
pub use text::message;

use super::{Trouble, json, json_line, print, write_file};
use crate::{
    args::{Check, Common, Form, Format, GradeArg, Output, ReportFormat},
    catalog,
    exit::Exit,
    fix::{self, Fixed},
    issue::Issue,
    render::{
        Style,
        findings::{self, CheckAnswer},
        junit::junit,
        lines, sarif,
    },
    report::Report,
    rulebook::{Class, Severity},
};
use loader::Overlay;
use rules::finding::Grade;

/// Checks the paths, and each world in a directory below them.
pub fn run(arguments: &Check, common: &Common) -> Result<Exit, Trouble> {
    let started = std::time::Instant::now();
    let config = configuration(&arguments.judging, &arguments.paths)?;
    let catalog = arguments.judging.catalog.as_deref();
    let catalog = catalog.map(catalog::read).transpose()?;
    let before = analysis::before(&arguments.judging, common)?;
    let analysis = Analysis {
        catalog: catalog.as_ref(),
        paths: &arguments.paths,
        judging: &arguments.judging,
        baseline: arguments.baseline.as_deref().or(config.baseline.as_deref()),
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
    let gate = Gate {
        fail_on: arguments.fail_on.or(config.fail_on),
        max_warnings: arguments.max_warnings.or(config.max_warnings),
    };
    Ok(if gate.fails(&report) {
        Exit::No
    } else {
        Exit::Yes
    })
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
    fail_on: Option<Severity>,
    max_warnings: Option<usize>,
}

impl Gate {
    fn fails(&self, report: &Report) -> bool {
        let (failing, others): (Vec<&Issue>, Vec<&Issue>) =
            report.active().partition(|issue| self.stops(report, issue));
        !failing.is_empty() || self.max_warnings.is_some_and(|most| others.len() > most)
    }

    /// Without `--fail-on`, critical and high findings fail the run, and so does a finding that breaks a mount.
    fn stops(&self, report: &Report, issue: &Issue) -> bool {
        if let Some(gate) = self.fail_on {
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
