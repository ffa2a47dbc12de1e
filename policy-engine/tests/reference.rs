//! The reference evaluator answers the decision tables as they expect, so that it may judge the engine.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]

#[path = "reference/authorize.rs"]
mod reference;

use serde_json::Value;
use std::{fs, path::Path};

/// Tables of other shapes: denial messages, and rows that no single request can show.
const OTHER: [&str; 2] = ["messages.json", "not-requests.json"];

#[test]
fn the_reference_decides_every_case_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/decisions");
    let (mut count, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let table = entry.unwrap().path();
        let name = table.file_name().unwrap().to_string_lossy().into_owned();
        if OTHER.contains(&name.as_str()) || table.extension() != Some("json".as_ref()) {
            continue;
        }
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&table).unwrap()).unwrap();
        for case in cases {
            count += 1;
            let decision = reference::decide(&case);
            if case["expect"] != decision {
                failures.push(format!(
                    "{name} {}: {decision} instead of {}",
                    case["id"], case["expect"]
                ));
            }
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
