//! Runs every table of `fixtures/decisions` through the evaluator.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]

use policy_engine::{
    evaluator::{Decision, assumed, evaluate, explain},
    request::file,
    source::SourceId,
    syntax::json,
    uncertainty::{REGISTER, Uncertainties},
};
use std::{collections::BTreeSet, fs, path::Path};

/// Tables of other shapes: denial messages, and rows that no single request can show.
const OTHER: [&str; 2] = ["messages.json", "not-requests.json"];

/// Entries about the context that the simulator builds; its own tests show them.
const OF_THE_CHAIN: [&str; 3] = ["U-33", "U-37", "U-39"];

#[test]
fn every_case_decides_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/decisions");
    let (mut count, mut failures) = (0, Vec::new());
    let mut named = BTreeSet::new();
    let mut tables: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    tables.sort();
    for table in tables {
        let name = table.file_name().unwrap().to_string_lossy().into_owned();
        if OTHER.contains(&name.as_str()) || table.extension() != Some("json".as_ref()) {
            continue;
        }
        let text = fs::read_to_string(&table).unwrap();
        let node = json::parse(SourceId(0), &text).unwrap();
        for case in node.as_list().unwrap() {
            let id = case.get("id").and_then(|id| id.as_str()).unwrap();
            count += 1;
            let question = match file::read(case) {
                Ok(question) => question,
                Err(errors) => {
                    failures.push(format!("{name} {id}: {errors:?}"));
                    continue;
                }
            };
            let policies = question.policies.as_policies();
            let outcome = evaluate(&question.request, &policies, Uncertainties::NONE);
            let (traced, explanation) = explain(&question.request, &policies, Uncertainties::NONE);
            if traced.decision == Decision::Unknown && explanation.unknown().is_empty() {
                failures.push(format!(
                    "{name} {id}: unknown, and no missing fact is named"
                ));
            }
            if traced.decision != outcome.decision {
                failures.push(format!(
                    "{name} {id}: silent {}, traced {}",
                    outcome.decision, traced.decision
                ));
            }
            if outcome.decision != Decision::Allow && outcome.decided_by().is_none() {
                failures.push(format!("{name} {id}: nothing decided {}", outcome.decision));
            }
            if Some(outcome.decision) != question.expect {
                failures.push(format!(
                    "{name} {id}: {} instead of {:?}",
                    outcome.decision, question.expect
                ));
            }
            let assumed = assumed(&question.request, &policies, Uncertainties::NONE, &outcome);
            let assumed: Vec<_> = assumed.iter().map(|entry| entry.to_string()).collect();
            if question
                .assumed
                .as_ref()
                .is_some_and(|wanted| !wanted.iter().all(|entry| assumed.contains(entry)))
            {
                failures.push(format!(
                    "{name} {id}: assumed {assumed:?} instead of {:?}",
                    question.assumed
                ));
            }
            named.extend(question.assumed.into_iter().flatten());
        }
    }
    for entry in REGISTER {
        let entry = entry.uncertainty.to_string();
        if !named.contains(&entry) && !OF_THE_CHAIN.contains(&entry.as_str()) {
            failures.push(format!("no case shows the other branch of {entry}"));
        }
    }
    assert!(count > 400, "only {count} cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
