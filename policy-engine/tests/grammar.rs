//! Runs the table of `fixtures/policies/grammar.json`: which documents AWS takes, and which can never match.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]

use policy_engine::{
    policy::{
        PolicyType,
        parse::{self, Gravity},
    },
    source::SourceId,
    syntax::json,
};
use std::{fs, path::Path};

fn kind(name: &str) -> Option<PolicyType> {
    Some(match name {
        "identity" => PolicyType::Identity,
        "boundary" => PolicyType::Boundary,
        "session" => PolicyType::Session,
        "resource" => PolicyType::Resource,
        "key" => PolicyType::Key,
        "trust" => PolicyType::Trust,
        "scp" => PolicyType::Scp,
        "rcp" => PolicyType::Rcp,
        "endpoint" => PolicyType::Endpoint,
        _ => return None,
    })
}

/// What keeps a document from being taken: its JSON, its grammar, or what AWS checks when it is saved.
fn mistakes(text: &str, kind: PolicyType, stored: bool) -> Vec<String> {
    let node = match json::parse(SourceId(0), text) {
        Ok(node) => node,
        Err(error) => return vec![error.message],
    };
    let (document, errors) = parse::document(&node, kind, "p");
    let counts = errors.into_iter().filter(|error| match error.gravity {
        Gravity::Syntax => true,
        Gravity::Save => !stored,
        Gravity::Odd => false,
    });
    let quota = document.over_quota(kind, text);
    counts.map(|error| error.message).chain(quota).collect()
}

#[test]
fn every_document_is_taken_or_refused_as_aws_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/policies/grammar.json");
    let text = fs::read_to_string(path).unwrap();
    let table = json::parse(SourceId(0), &text).unwrap();
    let (mut count, mut failures) = (0, Vec::new());
    for case in table.as_list().unwrap() {
        let word = |name: &str| case.get(name).unwrap().as_str().unwrap();
        let stored = case.text_of("stored").unwrap().known() == Some("true");
        let mistakes = mistakes(word("text"), kind(word("type")).unwrap(), stored);
        let refused = !mistakes.is_empty();
        if refused != (word("expect") == "rejected") {
            failures.push(format!(
                "{}: {} but {mistakes:?}",
                word("id"),
                word("expect")
            ));
        }
        count += 1;
    }
    assert!(count >= 50, "only {count} cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
