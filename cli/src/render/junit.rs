//! JUnit: a suite per family of rules with a case per finding, and a suite of the mounts.

use super::{line, lines, xml};
use crate::{
    issue::{Issue, State},
    report::Report,
};
use std::collections::BTreeMap;

/// A test case.
struct Case {
    name: String,
    class: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Skipped {
        message: String,
    },
    Failed {
        message: String,
        kind: &'static str,
        text: String,
    },
}

/// The report as XML.
pub fn junit(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for issue in &report.issues {
        let family = issue.rule.code.get(..3).unwrap_or(issue.rule.code);
        suites.entry(family).or_default().push(case(report, issue));
    }
    let mut mounts: Vec<Case> = (1..=report.counts.working)
        .map(|number| mount(format!("mount {number}"), Outcome::Passed))
        .collect();
    mounts.extend(report.undecided.iter().map(|(_, undecided)| {
        let message = format!("undecided: missing {}", undecided.missing.join(", "));
        let name = format!("{} {}", undecided.pod, undecided.object);
        mount(name, Outcome::Skipped { message })
    }));
    if !mounts.is_empty() {
        suites.insert("mounts", mounts);
    }
    let all: Vec<&Case> = suites.values().flatten().collect();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ascp-policy\"{}>\n",
        counts(all.iter().copied())
    );
    for (name, cases) in &suites {
        text.push_str(&format!(
            "    <testsuite name=\"{name}\"{}>\n",
            counts(cases)
        ));
        text.extend(cases.iter().map(Case::xml));
        text.push_str("    </testsuite>\n");
    }
    text + "</testsuites>\n"
}

fn counts<'c>(cases: impl IntoIterator<Item = &'c Case>) -> String {
    let (mut tests, mut skipped, mut failures) = (0, 0, 0);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Skipped { .. } => skipped += 1,
            Outcome::Failed { .. } => failures += 1,
        }
    }
    format!(" tests=\"{tests}\" skipped=\"{skipped}\" errors=\"0\" failures=\"{failures}\"")
}

fn mount(name: String, outcome: Outcome) -> Case {
    Case {
        name,
        class: "ascp-policy.mounts".to_owned(),
        outcome,
    }
}

fn case(report: &Report, issue: &Issue) -> Case {
    let outcome = match &issue.state {
        State::Active => Outcome::Failed {
            message: issue.message.clone(),
            kind: issue.severity.word(),
            text: description(report, issue),
        },
        State::Baselined => Outcome::Skipped {
            message: "in the baseline".to_owned(),
        },
        State::Suppressed(exception) => {
            let reason = exception.reason.as_deref().unwrap_or("no reason");
            Outcome::Skipped {
                message: format!("suppressed: {reason}"),
            }
        }
    };
    Case {
        name: format!("{} {}: {}", issue.rule.code, issue.rule.name, issue.object),
        class: format!("ascp-policy.{}", issue.rule.code),
        outcome,
    }
}

/// Places, notes and advice, a line each.
fn description(report: &Report, issue: &Issue) -> String {
    let places = issue.places(&report.sources).into_iter();
    let places = places.map(|(place, label)| {
        let at = place.position;
        format!("{}:{}:{} {label}", place.file, at.line, at.column)
    });
    let notes = issue.notes.iter().map(|note| format!("note: {note}"));
    let mut description: Vec<_> = places.chain(notes).map(|text| line(&text)).collect();
    if let Some(help) = &issue.help {
        description.extend(lines(&format!("help: {help}")));
    }
    description.join("\n")
}

impl Case {
    fn xml(&self) -> String {
        let text = |text: &str| xml(&line(text));
        let head = format!(
            "        <testcase name=\"{}\" classname=\"{}\"",
            text(&self.name),
            self.class
        );
        match &self.outcome {
            Outcome::Passed => format!("{head}/>\n"),
            Outcome::Skipped { message } => format!(
                "{head}>\n            <skipped message=\"{}\"/>\n        </testcase>\n",
                text(message)
            ),
            Outcome::Failed {
                message,
                kind,
                text: lines,
            } => format!(
                "{head}>\n            <failure message=\"{}\" type=\"{kind}\">{}</failure>\n        </testcase>\n",
                text(message),
                xml(lines)
            ),
        }
    }
}
