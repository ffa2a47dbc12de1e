//! What other programs start: the GitHub action and the pre-commit hooks, as far as that can be done without them.

use super::support::{LEAK, fixtures, folder};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    fixtures().parent().unwrap().to_owned()
}

fn binary() -> PathBuf {
    assert_cmd::cargo::cargo_bin("ascp-policy")
}

fn step(folder: &Path, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command
        .arg(root().join(".github/actions/check/check.sh"))
        .current_dir(folder)
        .env("ASCP_BINARY", binary())
        .env("GITHUB_STEP_SUMMARY", folder.join("summary.md"));
    for (name, value) in variables {
        command.env(name, value);
    }
    command.output().unwrap()
}

#[test]
fn the_action_annotates_summarises_and_fails_as_the_program_does() {
    let folder = folder(&[("a b/read.json", LEAK), ("summary.md", "before\n")]);
    let output = step(
        folder.path(),
        &[
            ("ASCP_PATHS", "a b\n"),
            ("ASCP_SARIF", "out.sarif"),
            ("ASCP_ARGUMENTS", "--ignore\nKMS\n"),
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.starts_with("::error file=a b/read.json,line=10,"),
        "{out}"
    );
    let summary = fs::read_to_string(folder.path().join("summary.md")).unwrap();
    assert!(
        summary.starts_with("before\n### ascp-policy: 1 finding\n"),
        "{summary}"
    );
    let sarif = fs::read_to_string(folder.path().join("out.sarif")).unwrap();
    assert!(sarif.contains("\"TAG106\""), "{sarif}");
    let output = step(
        folder.path(),
        &[
            ("ASCP_ARGUMENTS", "--ignore\nTAG106"),
            ("ASCP_FAIL_ON", "low"),
        ],
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_a_pull_request_chooses_is_no_command() {
    let folder = folder(&[("read.json", LEAK)]);
    let output = step(
        folder.path(),
        &[(
            "ASCP_PATHS",
            "$(touch owned); `touch owned`\n--output=json=owned",
        )],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("owned").exists());
    // No value is pasted into a command.
    let action = fs::read_to_string(root().join(".github/actions/check/action.yml")).unwrap();
    for line in action.lines().filter(|line| line.contains("${{")) {
        assert!(line.trim_start().starts_with("ASCP_"), "{line}");
    }
}

#[test]
fn the_action_hands_over_every_input() {
    let action = fs::read_to_string(root().join(".github/actions/check/action.yml")).unwrap();
    let script = fs::read_to_string(root().join(".github/actions/check/check.sh")).unwrap();
    let (inputs, runs) = action.split_once("runs:").unwrap();
    let names = inputs.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.strip_suffix(':')?;
        (!name.starts_with(' ')).then_some(name)
    });
    let names: Vec<_> = names.collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        let variable = format!("ASCP_{}", name.to_uppercase().replace('-', "_"));
        assert!(
            runs.contains(&format!("{variable}: ${{{{ inputs.{name} }}}}")),
            "{name}"
        );
        assert!(script.contains(&variable), "{name}");
    }
}

#[test]
fn the_hooks_start_commands_that_exist_and_judge() {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let entries: Vec<&str> = hooks
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: "))
        .collect();
    assert_eq!(entries.len(), 2);
    let path = binary().parent().unwrap().to_owned();
    let start = |entry: &str, folder: &Path| {
        let mut words = entry.split(' ');
        let path = std::env::join_paths(
            std::iter::once(path.clone())
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let status = Command::new(words.next().unwrap())
            .args(words)
            .current_dir(folder)
            .env("PATH", path.unwrap())
            .output();
        status.unwrap().status.code()
    };
    let good = fixtures().join("worlds/blog-single-account");
    let bad = fixtures().join("worlds/broken-misspelt-session-tag");
    for entry in entries {
        assert_eq!(start(entry, &good), Some(0), "{entry}");
    }
    assert_eq!(start("ascp-policy check --quiet", &bad), Some(1));
}
