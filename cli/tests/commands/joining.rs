//! What exceptions and the baseline accept hides nothing else: of the findings about one mistake, the others are still reported.

use super::support::{fixtures, folder, run_in};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Code, fingerprint and object of a finding.
type Identity = (String, String, String);

const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];

/// What a run reports, alone or in a finding that represents others, and what it accepts.
#[derive(Debug, Default)]
struct Outcome {
    open: BTreeSet<Identity>,
    accepted: BTreeSet<Identity>,
    /// The findings that represent others, with the severities of all of these findings.
    groups: BTreeMap<Identity, Vec<usize>>,
    /// The greatest severity of the open ones.
    worst: Option<usize>,
    code: i32,
}

fn identity(finding: &Value) -> Identity {
    let text = |name: &str| finding[name].as_str().unwrap().to_owned();
    (text("code"), text("fingerprint"), text("object"))
}

fn severity(finding: &Value) -> usize {
    let word = finding["severity"].as_str().unwrap();
    SEVERITIES.iter().position(|own| *own == word).unwrap()
}

fn check(folder: &Path, more: &[&str]) -> Outcome {
    let arguments = [&["check", "--output", "json"], more].concat();
    let run = run_in(folder, &arguments);
    let answer = run.json();
    let mut outcome = Outcome {
        code: run.code,
        ..Outcome::default()
    };
    for finding in answer["findings"].as_array().unwrap() {
        let own = severity(finding);
        let others = finding["represents"].as_array();
        let others = others.map(Vec::as_slice).unwrap_or_default();
        let severities: Vec<usize> = others.iter().map(severity).collect();
        let expected = severities
            .iter()
            .fold(own, |worst, other| worst.min(*other));
        assert_eq!(own, expected, "{finding:#}");
        outcome.open.insert(identity(finding));
        outcome.open.extend(others.iter().map(identity));
        outcome.worst = Some(outcome.worst.map_or(own, |worst| worst.min(own)));
        if !severities.is_empty() {
            outcome.groups.insert(identity(finding), severities);
        }
    }
    let accepted = answer["suppressed"].as_array().unwrap();
    outcome.accepted = accepted.iter().map(identity).collect();
    outcome
}

/// A baseline with some of the findings of a folder.
fn baseline(all: &Value, is_known: impl Fn(&Identity) -> bool) -> String {
    let mut some = all.clone();
    let entries = some["findings"].as_array_mut().unwrap();
    entries.retain(|entry| is_known(&identity(entry)));
    some.to_string()
}

/// The worlds of the findings.
fn worlds() -> Vec<(String, tempfile::TempDir)> {
    let entries = fs::read_dir(fixtures().join("findings")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let worlds = paths.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_file() {
            let text = fs::read_to_string(&path).unwrap();
            return (name, folder(&[("ascp-policy.yaml", &text)]));
        }
        let copy = folder(&[]);
        copy_below(&path, copy.path());
        (name, copy)
    });
    worlds.collect()
}

fn copy_below(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_below(&path, &copy);
        } else {
            fs::copy(&path, &copy).unwrap();
        }
    }
}

#[test]
fn an_accepted_finding_hides_no_other() {
    let (mut groups, mut runs) = (0, 0);
    for (name, folder) in worlds() {
        let all = check(folder.path(), &[]);
        if all.groups.is_empty() {
            continue;
        }
        groups += all.groups.len();
        let create = ["baseline", "create", "--baseline", "all.json"];
        run_in(folder.path(), &create);
        let known = fs::read_to_string(folder.path().join("all.json")).unwrap();
        fs::remove_file(folder.path().join("all.json")).unwrap();
        let known: Value = serde_json::from_str(&known).unwrap();
        let each: Vec<&Identity> = all.open.iter().collect();
        let single = |number: usize| BTreeSet::from([each[number]]);
        let mut subsets: Vec<BTreeSet<&Identity>> = (0..each.len()).map(single).collect();
        let each = &each;
        let others = |number: usize| {
            each.iter()
                .filter(move |own| **own != each[number])
                .copied()
        };
        subsets.extend((0..each.len()).map(|number| others(number).collect()));
        subsets.push(each.iter().step_by(2).copied().collect());
        subsets.push(each.iter().copied().collect());
        for accepted in subsets {
            let text = baseline(&known, |entry| accepted.contains(entry));
            // No input of the run.
            let outside = tempfile::tempdir().unwrap();
            let file = outside.path().join("known.json");
            fs::write(&file, text).unwrap();
            let outcome = check(folder.path(), &["--baseline", file.to_str().unwrap()]);
            runs += 1;
            let taken: BTreeSet<&Identity> = outcome.accepted.iter().collect();
            assert_eq!(taken, accepted, "{name}");
            let open: BTreeSet<&Identity> = outcome.open.iter().collect();
            let expected = all.open.iter().filter(|own| !accepted.contains(own));
            assert_eq!(open, expected.collect(), "{name}: {accepted:?}");
            let fails = outcome.worst.is_some_and(|worst| worst <= 1);
            assert!(!fails || outcome.code == 1, "{name}: {accepted:?}");
        }
    }
    println!("{groups} groups, {runs} baselines");
    assert!(groups > 20);
}

/// Two mistakes of one kind in a statement, each with an exception or not.
#[test]
fn an_exception_at_one_place_leaves_the_other_place() {
    let policy = |first: &str, second: &str| {
        format!(
            "ascp-policy: 1
accounts:
  shop:
    id: '111122223333'
    region: us-east-1
    roles:
      reader:
        trust: pod-identity
        policies:
          read:
            - Effect: Allow
              Action: secretsmanager:GetSecretValue
              Resource:{first}
                - arn:aws:secretsmanager:us-east-1:11112222333:secret:a-??????{second}
                - arn:aws:secretsmanager:us-east-1:22223333444:secret:b-??????
"
        )
    };
    let comment = "\n                # ascp-policy: ignore[ARN103] it is made up";
    for (first, second, expected) in [
        ("", "", (1, 0)),
        (comment, "", (1, 0)),
        ("", comment, (1, 0)),
        (comment, comment, (0, 1)),
    ] {
        let folder = folder(&[("ascp-policy.yaml", &policy(first, second))]);
        let run = run_in(
            folder.path(),
            &["check", "--select", "ARN103", "--output", "json"],
        );
        let answer = run.json();
        let count = |name: &str| answer[name].as_array().unwrap().len();
        let counted = (count("findings"), count("suppressed"));
        assert_eq!(counted, expected, "{first:?} {second:?} {answer:#}");
    }
}
