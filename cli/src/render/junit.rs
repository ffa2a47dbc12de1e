//! JUnit: a suite for each family of rules, a case for each finding; rules that were not evaluated are skipped cases.

use super::line;
use crate::{issue::State, report::Report};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// The report as XML.
pub fn junit(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Vec<TestCase>> = BTreeMap::new();
    for issue in &report.issues {
        let name = line(&format!(
            "{} {}: {}",
            issue.rule.code, issue.rule.name, issue.object
        ));
        let mut status = match &issue.state {
            State::Active => TestCaseStatus::non_success(NonSuccessKind::Failure),
            State::Suppressed(_) | State::Baselined => TestCaseStatus::skipped(),
        };
        status.set_message(line(&issue.message));
        if issue.is_active() {
            status.set_type(issue.severity.word());
            let places = issue
                .places(&report.sources)
                .into_iter()
                .map(|(place, label)| {
                    let at = place.position;
                    line(&format!("{}:{}:{} {label}", place.file, at.line, at.column))
                });
            let help = issue.help.iter().map(|help| line(&format!("help: {help}")));
            let notes = issue
                .notes
                .iter()
                .map(|note| line(&format!("note: {note}")));
            let text: Vec<_> = places.chain(notes).chain(help).collect();
            status.set_description(text.join("\n"));
        } else if let State::Suppressed(exception) = &issue.state {
            let reason = exception.reason.as_deref().unwrap_or("no reason");
            status.set_message(line(&format!("suppressed: {reason}")));
        } else {
            status.set_message("in the baseline");
        }
        let mut case = TestCase::new(name, status);
        case.set_classname(format!("ascp-policy.{}", issue.rule.code));
        suites
            .entry(family(issue.rule.code))
            .or_default()
            .push(case);
    }
    for (rule, missing) in &report.skipped_rules {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("not evaluated: no {missing}"));
        let mut case = TestCase::new(format!("{} {}", rule.code, rule.name), status);
        case.set_classname(format!("ascp-policy.{}", rule.code));
        suites.entry(family(rule.code)).or_default().push(case);
    }
    let mut mounts = TestSuite::new("mounts");
    mounts.add_test_cases(
        (0..report.counts.working).map(|number| {
            TestCase::new(format!("mount {}", number + 1), TestCaseStatus::success())
        }),
    );
    let mut junit = Junit::new("ascp-policy");
    for (name, cases) in suites {
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(cases);
        junit.add_test_suite(suite);
    }
    if report.counts.working > 0 {
        junit.add_test_suite(mounts);
    }
    junit.to_string().unwrap_or_default()
}

fn family(code: &str) -> &str {
    code.get(..3).unwrap_or(code)
}
