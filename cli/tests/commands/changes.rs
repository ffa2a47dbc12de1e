//! The change that a finding offers is applied, and the result is checked again: it makes no new mistake.

use super::{
    broken_worlds::{apply, copy_tree},
    support::{Run, fixtures, run_in},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

/// Findings that a change brings to light, with the reason why they are an independent mistake.
const NEXT: [(&str, &str, &str, &str); 0] = [];

/// The directories with mistakes, each with its name: the broken worlds, and the worlds of findings, some of which are files.
fn inputs(target: &Path) -> Vec<(String, PathBuf)> {
    let entries = |folder: &str| {
        let entries = fs::read_dir(fixtures().join(folder)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let worlds = entries("worlds").into_iter();
    let worlds = worlds.filter(|path| name(path).starts_with("broken-"));
    let mut inputs: Vec<_> = worlds.map(|path| (name(&path), path)).collect();
    for file in entries("findings") {
        if file.is_dir() {
            inputs.push((name(&file), file));
            continue;
        }
        let folder = target.join(name(&file));
        fs::create_dir(&folder).unwrap();
        fs::copy(&file, folder.join("ascp-policy.yaml")).unwrap();
        inputs.push((name(&file), folder));
    }
    inputs
}

/// The findings that are more than information.
fn findings(run: &Run) -> Vec<Value> {
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["severity"] != "info")
        .cloned()
        .collect()
}

/// What the changes of an input do.
#[derive(Default)]
struct Tally {
    findings: usize,
    changes: usize,
    clean: usize,
    complaints: Vec<String>,
}

fn judge(name: &str, folder: &Path, tally: &Mutex<Tally>) {
    let check = ["check", ".", "--output", "json"];
    let before = findings(&run_in(folder, &check));
    let known: BTreeSet<_> = before.iter().map(|own| own["code"].to_string()).collect();
    for finding in &before {
        let code = finding["code"].as_str().unwrap();
        let mut complaints = Vec::new();
        let mut is_clean = false;
        let edits = finding["fix"]["edits"].as_array();
        if let Some(edits) = edits {
            let copy = tempfile::tempdir().unwrap();
            copy_tree(folder, copy.path());
            let mut edits: Vec<_> = edits.iter().collect();
            edits.sort_by_key(|edit| edit["start"].as_u64());
            // The last edit first: the others keep their places.
            for edit in edits.into_iter().rev() {
                apply(copy.path(), edit);
            }
            let run = run_in(copy.path(), &check);
            if run.code > 1 {
                complaints.push(format!("{name} {code}: {}{}", run.out, run.err));
            } else {
                is_clean = run.code == 0;
                complaints.extend(harm(name, finding, &known, &findings(&run)));
            }
        }
        let mut tally = tally.lock().unwrap();
        tally.findings += 1;
        tally.changes += usize::from(edits.is_some());
        tally.clean += usize::from(is_clean);
        tally.complaints.extend(complaints);
    }
}

/// The findings that a change made, or did not repair.
fn harm(name: &str, finding: &Value, known: &BTreeSet<String>, after: &[Value]) -> Vec<String> {
    let code = finding["code"].as_str().unwrap();
    let is_next = |own: &Value| {
        let mut next = NEXT.iter();
        next.any(|(input, change, next, _)| {
            *input == name && *change == code && own["code"] == *next
        })
    };
    let harm = after.iter().filter(|own| {
        let is_left = own["fingerprint"] == finding["fingerprint"];
        is_left || (!known.contains(&own["code"].to_string()) && !is_next(own))
    });
    harm.map(|own| {
        let (next, message) = (&own["code"], &own["message"]);
        format!("{name}: the change of {code} leads to {next} {message}")
    })
    .collect()
}

#[test]
fn no_change_of_a_finding_makes_a_mistake() {
    let target = tempfile::tempdir().unwrap();
    let inputs = inputs(target.path());
    let tally = Mutex::new(Tally::default());
    let shares = inputs.chunks(inputs.len().div_ceil(4));
    thread::scope(|scope| {
        for share in shares {
            let tally = &tally;
            scope.spawn(move || {
                for (name, folder) in share {
                    judge(name, folder, tally);
                }
            });
        }
    });
    let Tally {
        findings,
        changes,
        clean,
        complaints,
    } = tally.into_inner().unwrap();
    println!(
        "{} inputs: {findings} findings, {changes} with a change; after {clean} changes the run succeeds",
        inputs.len()
    );
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
