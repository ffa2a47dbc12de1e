//! The worlds of `fixtures/findings`: a comment behind a line lists the findings that `check` reports there, and no others are reported.
//!
//! A world is a file of our own format, or a folder of any inputs. `# ESC111` is a code. `# ESC111 help: text` also states the whole help of
//! the finding. The line `# mounts: 1 of 2 work` states how many mounts work.

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

/// A finding at a line of a file; without a help the help may be any.
type Expected = (String, usize, String, Option<String>);

/// What `check` answers about a world.
#[derive(Debug, Default, PartialEq)]
struct Answer {
    findings: Vec<Expected>,
    /// `1 of 2 work`
    mounts: Option<String>,
}

/// The findings that the comments of a file state.
fn stated(file: &str, text: &str, answer: &mut Answer) {
    for (number, line) in text.lines().enumerate() {
        if let Some(mounts) = line.strip_prefix("# mounts: ") {
            answer.mounts = Some(mounts.to_owned());
        }
        let Some((code, comment)) = line.split_once("  # ") else {
            continue;
        };
        assert!(!code.is_empty(), "no line before the comment: {comment}");
        let (codes, help) = match comment.split_once(" help: ") {
            Some((codes, help)) => (codes, Some(help.to_owned())),
            None => (comment, None),
        };
        for code in codes.split(' ') {
            let (file, code) = (file.to_owned(), code.to_owned());
            answer.findings.push((file, number + 1, code, help.clone()));
        }
    }
}

/// The answers that the comments in the files of a folder state.
fn stated_below(folder: &Path, answer: &mut Answer) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            stated_below(&path, answer);
        } else {
            stated(&name(&path), &fs::read_to_string(&path).unwrap(), answer);
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The findings of a world that are more than information.
fn reported(folder: &Path) -> Answer {
    let loaded = loader::load(&Options {
        paths: vec![folder.to_owned()],
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
        let origin = finding.primary.origin;
        let place = loaded.sources.position(origin).unwrap();
        let line = usize::try_from(place.line).unwrap();
        let file = name(Path::new(loaded.sources.name(origin.source)));
        (
            file,
            line,
            finding.rule.code.to_owned(),
            finding.help.as_deref().map(in_one_line),
        )
    });
    Answer {
        findings: expected.collect(),
        mounts: Some(format!("{} of {} work", report.working, report.mounts)),
    }
}

/// A help with the lines of its block in one line.
fn in_one_line(help: &str) -> String {
    let words: Vec<_> = help.split_whitespace().collect();
    words.join(" ")
}

/// Whether a world has the answers that its comments state.
fn is_equal(stated: &Answer, reported: &Answer) -> bool {
    let pairs = stated.findings.iter().zip(&reported.findings);
    let same = |(own, other): (&Expected, &Expected)| {
        (&own.0, own.1, &own.2) == (&other.0, other.1, &other.2)
            && (own.3.is_none() || own.3 == other.3)
    };
    stated.findings.len() == reported.findings.len()
        && pairs.into_iter().all(same)
        && (stated.mounts.is_none() || stated.mounts == reported.mounts)
}

#[test]
fn each_world_has_the_findings_that_its_comments_state() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/findings");
    let (mut count, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let copy = tempfile::tempdir().unwrap();
        let mut wanted = Answer::default();
        let mut answer = if path.is_dir() {
            stated_below(&path, &mut wanted);
            reported(&path)
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let file = "ascp-policy.yaml";
            fs::write(copy.path().join(file), &text).unwrap();
            stated(file, &text, &mut wanted);
            reported(copy.path())
        };
        count += 1;
        wanted.findings.sort();
        answer.findings.sort();
        if !is_equal(&wanted, &answer) {
            let name = name(&path);
            failures.push(format!(
                "{name}\n  stated:   {wanted:?}\n  reported: {answer:?}"
            ));
        }
    }
    println!("{count} worlds");
    assert!(count > 0 && failures.is_empty(), "{}", failures.join("\n"));
}
