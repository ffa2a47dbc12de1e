//! Examples of rule pages that change the world of the pages: the world is good, and each change is found once.

#![expect(clippy::unwrap_used, reason = "a page that cannot be read has failed")]

use ascp_policy::load::{self, Loaded, Options};
use policy_engine::simulator::Simulator;
use rules::{
    finding::Finding,
    lint::{self, lint},
    page, registry,
    rule::Severity,
};
use std::{collections::BTreeMap, fs, path::PathBuf};

type Files = BTreeMap<String, String>;

fn world() -> Files {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/rules/world");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Applies the hunks of a `diff` fence: lines are found by their text, whatever their indentation.
fn apply(text: &str, diff: &str) -> Result<String, String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for hunk in hunks(diff) {
        let old: Vec<&str> = hunk
            .iter()
            .filter(|(sign, _)| *sign != '+')
            .map(|(_, line)| *line)
            .collect();
        let at = (0..lines.len())
            .find(|at| {
                old.iter()
                    .enumerate()
                    .all(|(number, line)| lines.get(at + number).is_some_and(|own| own == line))
            })
            .ok_or_else(|| format!("no such lines:\n{}", old.join("\n")))?;
        let new: Vec<String> = hunk
            .iter()
            .filter(|(sign, _)| *sign != '-')
            .map(|(_, line)| (*line).to_owned())
            .collect();
        lines.splice(at..at + old.len(), new);
    }
    Ok(lines.join("\n") + "\n")
}

/// The hunks of a diff: a line that goes, or stays, after one that came begins the next.
fn hunks(diff: &str) -> Vec<Vec<(char, &str)>> {
    let mut hunks: Vec<Vec<(char, &str)>> = vec![Vec::new()];
    for line in diff.lines() {
        let sign = line.chars().next().unwrap_or(' ');
        let text = line.get(1..).unwrap_or("");
        let last = hunks.last_mut().unwrap();
        if line == "@@" {
            hunks.push(Vec::new());
        } else {
            last.push((sign, text));
        }
    }
    hunks
}

fn findings(files: &Files) -> Result<Vec<Finding>, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let options = Options {
        paths: vec![folder.path().to_owned()],
        ..Options::default()
    };
    let Loaded {
        inventory, sources, ..
    } = load::load(&options).map_err(|error| error.to_string())?;
    Ok(lint(
        &Simulator::new(&inventory),
        &sources,
        &lint::Options::default(),
    )
    .findings)
}

fn words(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|one| format!("{} {}", one.rule.code, one.message))
        .collect()
}

#[test]
fn the_world_of_the_pages_is_good() {
    let found = findings(&world()).unwrap();
    let grave: Vec<_> = found
        .into_iter()
        .filter(|one| one.severity < Severity::Info)
        .collect();
    assert!(grave.is_empty(), "{:?}", words(&grave));
}

#[test]
fn each_change_of_the_world_is_found_once_by_its_rule() {
    let (mut run, mut complaints) = (0, Vec::new());
    for rule in registry::rules() {
        let mut files = world();
        let mut also: Vec<String> = Vec::new();
        let changes: Vec<_> = page::examples(rule)
            .into_iter()
            .filter(|one| one.language == "diff")
            .collect();
        if changes.is_empty() {
            continue;
        }
        run += 1;
        let mut failed = None;
        for change in &changes {
            also.extend(change.also().map(str::to_owned));
            let file = files.get_mut(&change.words[0]).unwrap();
            match apply(file, &change.text) {
                Ok(text) => *file = text,
                Err(error) => failed = Some(error),
            }
        }
        let found = failed.map_or_else(|| findings(&files), Err);
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                complaints.push(format!("{}: {error}", rule.code));
                continue;
            }
        };
        let of_rule = found.iter().filter(|one| one.rule.code == rule.code);
        let others = found.iter().filter(|one| {
            one.rule.code != rule.code
                && one.severity < Severity::Info
                && !also.contains(&one.rule.code.to_owned())
        });
        if of_rule.count() != 1 || others.count() > 0 {
            complaints.push(format!("{}: {:#?}", rule.code, words(&found)));
        }
    }
    println!("{run} examples of worlds");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
