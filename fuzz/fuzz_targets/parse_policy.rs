//! Any text: the JSON reader agrees with another one, every place lies inside, and every policy type can be compiled.

#![no_main]

use ascp_policy_fuzz::spans;
use libfuzzer_sys::fuzz_target;
use policy_engine::{
    policy::{PolicyType, parse, set::PolicySet},
    source::{Shown, SourceMap},
    syntax::{
        json,
        node::{Node, Value},
    },
};
use serde::de::IgnoredAny;
use std::sync::Arc;

const TYPES: [PolicyType; 9] = [
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::Key,
    PolicyType::Scp,
    PolicyType::Rcp,
    PolicyType::Endpoint,
];

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let source = sources.add("policy", Shown::whole(text));
    let other = serde_json::from_str::<IgnoredAny>(text.strip_prefix('\u{feff}').unwrap_or(text));
    let node = match json::parse(source, text) {
        Ok(node) => node,
        Err(error) => {
            spans::origin(&sources, error.origin);
            let deep = error.message.starts_with("nested deeper");
            assert!(other.is_err() || deep, "this is JSON: {error:?}");
            return;
        }
    };
    assert!(other.is_ok(), "this is not JSON: {other:?}");
    spans::tree(&sources, &node);
    spelling(&sources, &node);
    for kind in TYPES {
        let (document, errors) = parse::document(&node, kind, "policy");
        for error in &errors {
            spans::origin(&sources, error.origin);
        }
        spans::document(&sources, &document);
        PolicySet::new(kind, [Arc::new(document)]);
        let (document, errors) = parse::statements(&node, kind, "statements");
        for error in &errors {
            spans::origin(&sources, error.origin);
        }
        PolicySet::new(kind, [Arc::new(document)]);
    }
});

/// The text at the place of a scalar parses to the scalar.
fn spelling(sources: &SourceMap, node: &Node) {
    let source = sources.get(node.origin.source);
    let spelt = source.map_or("", |source| source.slice(node.origin.span));
    match &node.value {
        Value::Null => assert_eq!(spelt, "null"),
        Value::Bool(value) => assert_eq!(spelt, value.to_string()),
        Value::Number(number) => assert_eq!(spelt, number),
        Value::String(scalar) => {
            // The other reader refuses half a surrogate pair, for which ours takes the replacement character.
            if let Ok(text) = serde_json::from_str::<String>(spelt) {
                assert_eq!(scalar.text.known(), Some(text.as_str()));
            } else {
                assert!(spelt.contains("\\u"), "{spelt}");
            }
        }
        Value::List(items) => {
            for item in items {
                spelling(sources, item);
            }
        }
        Value::Map(members) => {
            for (key, value) in members {
                spelling(sources, key);
                spelling(sources, value);
            }
        }
    }
}
