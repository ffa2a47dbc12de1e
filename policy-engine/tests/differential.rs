//! The engine decides random requests as the literal reference evaluator does .
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p ascp-policy-engine --test differential` asks more of them. A request
//! on which the two differ is printed in its smallest form; it belongs into `fixtures/decisions` once it is clear who is
//! right.
//!
//! Beside it, holes are cut into complete questions, and the answer is compared with those to all fillings:
//! `HOLE_CASES=100000 cargo test -p ascp-policy-engine --test differential no_filling` prints how many answers are definite.

#![expect(
    clippy::disallowed_methods,
    reason = "the number of cases is a setting"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a request file is JSON that these tests made"
)]

#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/holes.rs"]
mod holes;
#[path = "reference/authorize.rs"]
mod reference;
#[path = "differential/unknown.rs"]
mod unknown;
#[path = "differential/vocabulary.rs"]
mod vocabulary;

use policy_engine::{
    evaluator::{evaluate, explain},
    request::file,
    source::SourceId,
    syntax::json,
    uncertainty::Uncertainties,
};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, io::Write};

/// Requests of a normal run.
const CASES: u32 = 2_000;

/// Questions with holes of a normal run.
const HOLE_CASES: u32 = 500;

#[test]
fn the_engine_decides_random_requests_as_the_reference_does() {
    let (cases, mut runner) = runner("PROPTEST_CASES", CASES);
    let decisions = RefCell::new(BTreeMap::<&str, u32>::new());
    let result = runner.run(&generate::request(), |request| {
        let expected = compare(&request).map_err(TestCaseError::fail)?;
        *decisions.borrow_mut().entry(expected).or_default() += 1;
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(_, request)) => {
            let request = smallest(request);
            panic!("{}\n{request:#}", compare(&request).unwrap_err());
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    // A generator that denies everything tests nothing.
    for decision in ["allow", "deny", "refuse", "unknown"] {
        let count = decisions.borrow().get(decision).copied().unwrap_or(0);
        assert!(
            count * 500 >= cases,
            "of {cases} requests only {count} are decided {decision}: {decisions:?}"
        );
    }
}

#[test]
fn no_filling_of_a_hole_contradicts_the_engine() {
    let (cases, mut runner) = runner("HOLE_CASES", HOLE_CASES);
    let counts = RefCell::new([0_u32; 4]);
    let result = runner.run(&holes::case(), |case| {
        let outcome = holes::check(&case).map_err(TestCaseError::fail)?;
        counts.borrow_mut()[outcome as usize] += 1;
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [unreadable, definite, unknown, imprecise] = counts.into_inner();
    let report = format!(
        "{cases} cases: {unreadable} unreadable, {definite} definite, {unknown} unknown, {imprecise} unknown although every filling agrees"
    );
    // A hole must not make everything unknown, and must make something unknown. One case in five is unknown without need; in a small
    // sample chance adds to them: five standard deviations are less than twice the root of the cases.
    let chance = 2 * cases.isqrt();
    assert!(
        definite > cases / 4 && unknown > cases / 100 && imprecise < cases / 4 + chance,
        "{report}"
    );
    if std::env::var_os("HOLE_CASES").is_some() {
        std::io::stderr()
            .write_all(format!("{report}\n").as_bytes())
            .unwrap();
    }
}

/// A runner of so many cases as a variable says.
fn runner(variable: &str, default: u32) -> (u32, TestRunner) {
    let cases = std::env::var(variable)
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default);
    let runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 1_000,
        ..Config::default()
    });
    (cases, runner)
}

/// Leaves out members and elements as long as the two still decide differently.
fn smallest(mut request: Value) -> Value {
    while let Some(smaller) = reduced(&request).into_iter().find(
        |smaller| matches!(compare(smaller), Err(reason) if reason.starts_with("the engine says")),
    ) {
        request = smaller;
    }
    request
}

/// Every value that lacks one member or element, or has a list's only element in its place.
fn reduced(value: &Value) -> Vec<Value> {
    let mut results = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let mut smaller = members.clone();
                smaller.remove(name);
                results.push(Value::Object(smaller));
                for member in reduced(member) {
                    let mut smaller = members.clone();
                    smaller.insert(name.clone(), member);
                    results.push(Value::Object(smaller));
                }
            }
        }
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                let mut smaller = elements.clone();
                smaller.remove(at);
                results.push(Value::Array(smaller));
                for element in reduced(element) {
                    let mut smaller = elements.clone();
                    smaller[at] = element;
                    results.push(Value::Array(smaller));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    results
}

/// The decision on which both agree, or how they differ.
fn compare(request: &Value) -> Result<&'static str, String> {
    let node = json::parse(SourceId(0), &request.to_string()).map_err(|error| error.to_string())?;
    let question =
        file::read(&node).map_err(|errors| format!("the engine cannot read it: {errors:?}"))?;
    let policies = question.policies.as_policies();
    let outcome = evaluate(&question.request, &policies, Uncertainties::NONE);
    let (mut explained, _) = explain(&question.request, &policies, Uncertainties::NONE);
    // Whoever explains looks at every element, and so comes across more of the register.
    explained.touched = outcome.touched;
    if explained != outcome {
        return Err(format!("silent {outcome:?}, explained {explained:?}"));
    }
    let (engine, reference) = (outcome.decision.to_string(), reference::decide(request));
    if engine == reference {
        return Ok(reference);
    }
    let unknown = request["unknown"].is_array();
    match (engine.as_str(), reference) {
        // The engine may know less than could be known, but only when something is unknown.
        ("unknown", _) if unknown => Ok(reference),
        // It may know more than the rules of truth values tell; then no filling contradicts it.
        (definite, "unknown" | "refuse") if unknown => {
            no_filling_contradicts(request, definite).map(|()| reference)
        }
        _ => Err(format!(
            "the engine says {engine}, the reference {reference}"
        )),
    }
}

/// Asks the reference about the request with the unknown keys filled in.
fn no_filling_contradicts(request: &Value, definite: &str) -> Result<(), String> {
    for filled in unknown::filled(request) {
        let decision = reference::decide(&filled);
        // A denial for lack of an Allow may turn out to be one by a Deny.
        if decision != definite && !(definite == "refuse" && decision == "deny") {
            return Err(format!(
                "the engine says {definite}, the reference {decision} with the context {}",
                filled["context"]
            ));
        }
    }
    Ok(())
}
