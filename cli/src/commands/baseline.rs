//! `baseline`: creates, updates or prunes the file of accepted findings.

use super::{
    Trouble,
    check::{Analysis, analyse, before, configuration},
    deliver, json, json_line, write_file,
};
use crate::{
    args::{Baseline as Arguments, BaselineAction, Common, Format},
    baseline::{self, Baseline, Change, Known},
    catalog,
    clock::today,
    exit::Exit,
    render::line,
    report::count,
};
use loader::{Overlay, shown_path};
use serde::Serialize;

/// The result as JSON.
#[derive(Debug, Serialize)]
struct Answer {
    schema: &'static str,
    file: String,
    findings: usize,
    added: usize,
    removed: usize,
    refused: usize,
}

/// Changes the file; an update that leaves new findings out exits with 1.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Trouble> {
    let config = configuration(&arguments.judging, &arguments.paths)?;
    let file = arguments
        .baseline
        .clone()
        .unwrap_or_else(|| baseline::file(&config));
    let shown = shown_path(&file);
    let known = Known {
        path: file.clone(),
        beside: match arguments.baseline {
            Some(_) => None,
            None => Some(baseline::config_file(&config)),
        },
    };
    let mut baseline = match arguments.action {
        BaselineAction::Create if is_there(&file) => {
            let help = "`ascp-policy baseline update --accept-new` adds the new findings";
            return Err(Trouble::new(
                format!("{shown} already exists"),
                Some(help.to_owned()),
            ));
        }
        BaselineAction::Create => Baseline::default(),
        BaselineAction::Update | BaselineAction::Prune => Baseline::read(&known)
            .map_err(|error| Trouble::new(format!("{shown}: {error}"), None))?,
    };
    let catalog = arguments.judging.catalog.as_deref();
    let catalog = catalog.map(catalog::read).transpose()?;
    let before = before(&arguments.judging, common)?;
    let report = analyse(
        &Analysis {
            catalog: catalog.as_ref(),
            paths: &arguments.paths,
            judging: &arguments.judging,
            baseline: None,
            config: &config,
            before: before.as_ref(),
            common,
        },
        &Overlay::default(),
    )?;
    let accept_new = match arguments.action {
        BaselineAction::Create => true,
        BaselineAction::Update => arguments.accept_new,
        BaselineAction::Prune => false,
    };
    let change = baseline.update(
        report.issues.iter().chain(&report.represented),
        accept_new,
        today(),
    );
    write_file(&file, &baseline.text())?;
    let answer = Answer {
        schema: "ascp-policy/baseline-change/v1",
        file: shown,
        findings: baseline.findings.len(),
        added: change.added,
        removed: change.removed,
        refused: change.refused,
    };
    deliver(common, |format, _| match format {
        Format::Text => text(&answer, &change, arguments.action),
        Format::Json => json(&answer),
        Format::Jsonl => json_line(&answer),
    })?;
    let refuses = arguments.action == BaselineAction::Update && change.refused > 0;
    Ok(if refuses { Exit::No } else { Exit::Yes })
}

/// Whether a file would be lost: a device is written to.
fn is_there(file: &std::path::Path) -> bool {
    let is_device = std::fs::metadata(file).is_ok_and(|data| !data.is_file());
    !is_device && file.symlink_metadata().is_ok()
}

fn text(answer: &Answer, change: &Change, action: BaselineAction) -> String {
    let mut text = format!(
        "{}: {}, {} added, {} removed\n",
        line(&answer.file),
        count(answer.findings, "finding"),
        change.added,
        change.removed
    );
    if action == BaselineAction::Update && change.refused > 0 {
        text.push_str(&format!(
            "{} not added; `--accept-new` adds them\n",
            count(change.refused, "new finding")
        ));
    }
    text
}
