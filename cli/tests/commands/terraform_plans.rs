//! Terraform source with a real plan beside it: `check` decides every mount as AWS does and reports each mistake at its line.

use super::support::{fixtures, run_in};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Directories whose answer differs from `expect.json` today, and why. A directory that agrees must leave this list.
const DIFFERING: &[(&str, &str)] = &[
    (
        "broken-association-count",
        "a count of 0 does not prove that the association is missing",
    ),
    (
        "broken-namespace",
        "an association for another namespace does not prove that the right one is missing",
    ),
    (
        "broken-service-principal",
        "the place is the use of the variable, not the argument of the module",
    ),
    (
        "count-switch",
        "a count of 0 does not prove that the association is missing",
    ),
    (
        "default-tags",
        "the key of a replica that sets none is unknown, not the AWS managed key",
    ),
    (
        "modules-nested",
        "all instances of a module with for_each are not a collection",
    ),
    (
        "tf-json",
        "`.tf.json` has no places, so keys that a plan does not state stay unknown",
    ),
    (
        "two-regions",
        "`replace` needs a text without unknown parts; an unknown parameter is undecided even if no policy names it",
    ),
    (
        "unknown-choice",
        "an unknown effect leaves also the requests undecided that the resource of its statement excludes",
    ),
    (
        "variables-files",
        "an association for another namespace does not prove that the right one is missing",
    ),
];

/// What `check` answers in a directory, in the terms of `expect.json`.
#[derive(Debug, PartialEq)]
struct Answer {
    working: usize,
    refused: Vec<String>,
    undecided: Vec<String>,
    findings: Vec<String>,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

/// The name of an object without the account, or the ARN, in front of it.
fn name(object: &str) -> &str {
    object.rsplit_once(':').map_or(object, |(_, name)| name)
}

fn mount(entry: &Value) -> String {
    format!("{} {}", text(entry, "pod"), name(text(entry, "object")))
}

fn place(code: &str, place: &Value) -> String {
    format!("{code} {}:{}", text(place, "file"), place["line"])
}

fn sorted(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<_> = items.collect();
    all.sort();
    all
}

fn expected(mounts: &[Value], expectation: &Value) -> Answer {
    let of = |decision| {
        sorted(
            mounts
                .iter()
                .filter(|entry| entry["decision"] == decision)
                .map(mount),
        )
    };
    let findings = list(expectation, "findings").iter();
    let answer = Answer {
        working: of("works").len(),
        refused: of("refused"),
        undecided: of("undecided"),
        findings: sorted(findings.map(|finding| place(text(finding, "code"), finding))),
    };
    let decided = answer.working + answer.refused.len() + answer.undecided.len();
    assert_eq!(
        decided,
        mounts.len(),
        "a decision is none of works, refused, undecided"
    );
    answer
}

/// The answer of the program, or the error that it printed instead.
fn given(folder: &Path, mounts: &[Value], more: &[&str]) -> Result<Answer, String> {
    let run = run_in(folder, &[&["check", "--output", "json"], more].concat());
    let Ok(answer) = serde_json::from_str::<Value>(&run.out) else {
        return Err(run.err);
    };
    let breaks = list(&answer, "findings")
        .iter()
        .filter(|finding| finding["class"] == "break");
    let breaks: Vec<_> = breaks.collect();
    let working = usize::try_from(answer["summary"]["working"].as_u64().unwrap()).unwrap();
    let undecided = sorted(list(&answer, "undecided").iter().map(mount));
    // The message of a finding names one mount, its notes name the others; a finding about a document names none.
    let is_named = |entry: &Value| {
        let (pod, object) = (text(entry, "pod"), name(text(entry, "object")));
        breaks.iter().any(|finding| {
            let notes = list(finding, "notes").iter().filter_map(Value::as_str);
            notes
                .filter(|note| note.starts_with("it also breaks"))
                .chain([text(finding, "message")])
                .any(|text| text.contains(pod) && text.contains(object))
        })
    };
    let is_refused = |entry: &&Value| match working {
        0 => !undecided.contains(&mount(entry)),
        _ => is_named(entry),
    };
    let refused = sorted(mounts.iter().filter(is_refused).map(mount));
    let findings = breaks
        .iter()
        .map(|finding| place(text(finding, "code"), &finding["locations"][0]));
    Ok(Answer {
        working,
        refused,
        undecided,
        findings: sorted(findings),
    })
}

#[test]
fn check_decides_as_aws_does() {
    let mut differing: BTreeMap<&str, &str> = DIFFERING.iter().copied().collect();
    let mut failures = String::new();
    let mut count = 0;
    for entry in fs::read_dir(fixtures().join("terraform")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(expectation) = fs::read_to_string(folder.join("expect.json")) else {
            continue;
        };
        count += 1;
        let name = folder.file_name().unwrap().to_str().unwrap();
        let expectation: Value = serde_json::from_str(&expectation).unwrap();
        let mounts = list(&expectation, "mounts");
        let expected = Ok(expected(mounts, &expectation));
        let given = given(&folder, mounts, &[]);
        match (given == expected, differing.remove(name)) {
            (true, Some(_)) => failures += &format!("{name} agrees: remove it from `DIFFERING`\n"),
            (false, None) => {
                failures += &format!("{name}\n  expected {expected:?}\n  given    {given:?}\n");
            }
            _ => {}
        }
    }
    assert!(count >= 25, "{count} directories");
    assert!(
        differing.is_empty(),
        "`DIFFERING` names no directory: {differing:?}"
    );
    assert!(failures.is_empty(), "{failures}");
}

/// Directories whose answer from the source alone differs from `expect.json`, beside those of [`DIFFERING`], and why.
const SOURCE_DIFFERING: &[(&str, &str)] = &[(
    "remote-state",
    "the name of the cluster is an output of another root, so the pod is of an unknown cluster",
)];

/// A mount without the name of the cluster, which may be unknown.
fn in_its_cluster(mount: &str) -> &str {
    mount.split_once(':').map_or(mount, |(_, rest)| rest)
}

/// Copies a directory without the plan.
fn source_of(folder: &Path, copy: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            fs::create_dir(copy.join(name)).unwrap();
            source_of(&path, &copy.join(name));
        } else if name != "plan.json" {
            fs::copy(&path, copy.join(name)).unwrap();
        }
    }
}

#[test]
fn source_alone_decides_as_aws_does() {
    let both = DIFFERING.iter().map(|(name, _)| *name);
    let both: Vec<&str> = both.collect();
    let mut differing: BTreeMap<&str, &str> = SOURCE_DIFFERING.iter().copied().collect();
    let mut failures = String::new();
    for entry in fs::read_dir(fixtures().join("terraform")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(expectation) = fs::read_to_string(folder.join("expect.json")) else {
            continue;
        };
        let name = folder.file_name().unwrap().to_str().unwrap();
        let expectation: Value = serde_json::from_str(&expectation).unwrap();
        let mounts = list(&expectation, "mounts");
        let copy = tempfile::tempdir().unwrap();
        source_of(&folder, copy.path());
        let wanted = expected(mounts, &expectation);
        // The credentials of a run of Terraform decide the account; here the user states it.
        let outside = ["--account", "shop=111122223333", "--region", "us-east-1"];
        let given = given(copy.path(), mounts, &outside);
        if let Ok(given) = &given {
            // What is not known may be undecided; a definite answer is AWS's.
            let works = mounts.iter().filter(|entry| entry["decision"] == "works");
            let is_undecided = |shown: &String| {
                let mut undecided = given.undecided.iter();
                undecided.any(|other| in_its_cluster(other) == in_its_cluster(shown))
            };
            let wrong: Vec<_> = works
                .map(mount)
                .filter(|shown| given.refused.contains(shown) && !is_undecided(shown))
                .collect();
            if !wrong.is_empty() || given.working > wanted.working {
                failures += &format!("{name} contradicts the plan\n  given {given:?}\n");
            }
        }
        match (given == Ok(wanted), differing.remove(name)) {
            (true, Some(_)) => failures += &format!("{name} agrees: remove it\n"),
            (false, None) if !both.contains(&name) => {
                failures += &format!("{name}\n  given {given:?}\n");
            }
            _ => {}
        }
    }
    assert!(differing.is_empty(), "no directory: {differing:?}");
    assert!(failures.is_empty(), "{failures}");
}
