//! The worlds of `fixtures/findings`: a comment behind a line lists the findings that `check` reports there, and no others are reported.
//!
//! `# ESC111` is a code. `# ESC111 help: text` also states the whole help of the finding.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be read has failed"
)]

use loader::Options;
use policy_engine::simulator::Simulator;
use rules::{
    finding::Finding,
    lint::{self, lint},
    rule::Severity,
};
use std::{fs, path::Path};

/// A finding at a line; without a help the help may be any.
type Expected = (usize, String, Option<String>);

/// The findings that the comments of a world state.
fn stated(text: &str) -> Vec<Expected> {
    let mut stated = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((code, comment)) = line.split_once("  # ") else {
            continue;
        };
        assert!(!code.is_empty(), "no line before the comment: {comment}");
        let (codes, help) = match comment.split_once(" help: ") {
            Some((codes, help)) => (codes, Some(help.to_owned())),
            None => (comment, None),
        };
        for code in codes.split(' ') {
            stated.push((number + 1, code.to_owned(), help.clone()));
        }
    }
    stated
}

/// The findings of a world that are more than information.
fn reported(text: &str) -> Vec<Expected> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ascp-policy.yaml"), text).unwrap();
    let loaded = loader::load(&Options {
        paths: vec![folder.path().to_owned()],
        keeps_faulty_policies: true,
        ..Options::default()
    });
    let loaded = loaded.unwrap();
    let options = lint::Options {
        promises: Some(&loaded.promises),
        sightings: &loaded.sightings,
        ..lint::Options::default()
    };
    let report = lint(
        &Simulator::new(&loaded.inventory),
        &loaded.sources,
        &options,
    );
    let grave = |finding: &&Finding| finding.severity < Severity::Info;
    let expected = report.findings.iter().filter(grave).map(|finding| {
        let place = loaded.sources.position(finding.primary.origin).unwrap();
        let line = usize::try_from(place.line).unwrap();
        (line, finding.rule.code.to_owned(), finding.help.clone())
    });
    expected.collect()
}

#[test]
fn each_world_has_the_findings_that_its_comments_state() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/findings");
    let (mut count, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        count += 1;
        let (mut stated, mut reported) = (stated(&text), reported(&text));
        stated.sort();
        reported.sort();
        let is_equal = stated.len() == reported.len()
            && stated.iter().zip(&reported).all(|(own, other)| {
                own.0 == other.0 && own.1 == other.1 && (own.2.is_none() || own.2 == other.2)
            });
        if !is_equal {
            let name = path.file_name().unwrap().to_string_lossy();
            failures.push(format!(
                "{name}\n  stated:   {stated:?}\n  reported: {reported:?}"
            ));
        }
    }
    println!("{count} worlds");
    assert!(count > 0 && failures.is_empty(), "{}", failures.join("\n"));
}
