//! Laws that hold for every policy and every request.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, on JSON that these tests made"
)]

#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/unknown.rs"]
mod unknown;
#[path = "differential/vocabulary.rs"]
mod vocabulary;

use policy_engine::{
    evaluator::{Decision, evaluate, explain},
    policy::{PolicyDocument, PolicyType, parse, print::Canonical},
    request::file::{self, Question},
    source::{OffsetMap, SourceId},
    syntax::{
        glob::{Pattern, Syntax},
        json,
    },
    text::Text,
    uncertainty::Uncertainties,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};
use vocabulary::{ACTIONS, QUESTIONS, RESOURCES};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn read(request: &Value) -> Question {
    let node = json::parse(SourceId(0), &request.to_string()).unwrap();
    file::read(&node).unwrap()
}

fn decide(request: &Value) -> Decision {
    let question = read(request);
    let policies = question.policies.as_policies();
    evaluate(&question.request, &policies, Uncertainties::NONE).decision
}

/// Reads a document as a resource policy, which may hold every element, and prints it.
fn printed(document: &Value) -> Value {
    let node = json::parse(SourceId(0), &document.to_string()).unwrap();
    let (document, _) = parse::document(&node, PolicyType::Resource, "p");
    serde_json::to_value(Canonical(&document)).unwrap()
}

/// A document, and the same from a snapshot, with everything that is in them.
fn kept(document: &PolicyDocument) -> (String, String) {
    let written = serde_json::to_string(document).unwrap();
    let read: PolicyDocument = serde_json::from_str(&written).unwrap();
    (format!("{document:?}"), format!("{read:?}"))
}

/// Changes every policy document in a tree.
fn change_documents(tree: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match tree {
        Value::Object(members) if members.contains_key("Statement") => change(tree),
        Value::Object(members) => {
            for member in members.values_mut() {
                change_documents(member, change);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                change_documents(element, change);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A request of a session of the account with one identity policy of one statement.
fn ask(action: &str, resource: &str, statement: &Value) -> Value {
    json!({
        "principal": "arn:aws:sts::111111111111:assumed-role/app/pod",
        "action": action,
        "resource": resource,
        "resourceAccount": "111111111111",
        "policies": { "identity": { "Version": "2012-10-17", "Statement": statement } },
    })
}

/// Questions that an identity policy alone decides.
fn plain_question() -> impl Strategy<Value = (&'static str, &'static str)> {
    let plain: Vec<_> = QUESTIONS
        .iter()
        .map(|(action, resource, _)| (*action, *resource))
        .filter(|(action, _)| !action.starts_with("kms:") && !action.starts_with("sts:"))
        .collect();
    select(plain)
}

/// Patterns of resources without variables.
fn known_resources() -> Vec<&'static str> {
    let patterns = RESOURCES.iter().copied();
    patterns.filter(|pattern| !pattern.contains("${")).collect()
}

/// `*` is any number of characters, `?` is one, everything else is itself.
fn model(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => model(rest, text) || (!text.is_empty() && model(pattern, &text[1..])),
        Some(('?', rest)) => !text.is_empty() && model(rest, &text[1..]),
        Some((wanted, rest)) => text.first() == Some(wanted) && model(rest, &text[1..]),
    }
}

/// Puts a value in the place of the node of that number, counted from the root.
fn replace(tree: &mut Value, number: &mut usize, value: &Value) {
    if *number == 0 {
        *tree = value.clone();
    }
    *number = number.wrapping_sub(1);
    match tree {
        Value::Object(members) => {
            for member in members.values_mut() {
                replace(member, number, value);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                replace(element, number, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        any::<String>().prop_map(|value| json!(value)),
        "[a-z*?:${}', /.@-]{0,12}".prop_map(|value| json!(value)),
        "arn(:[a-z0-9*?${}:/']{0,6}){0,7}".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| json!(values)),
            vec(("[A-Za-z:]{0,8}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn printing_then_parsing_changes_nothing(request in generate::request()) {
        let mut reprinted = request.clone();
        let mut stable = true;
        change_documents(&mut reprinted["policies"], &mut |document| {
            let once = printed(document);
            stable &= printed(&once) == once;
            *document = once;
        });
        prop_assert!(stable, "{request:#}");
        prop_assert_eq!(decide(&request), decide(&reprinted), "{:#}", request);
    }

    #[test]
    fn a_snapshot_keeps_every_document(
        request in generate::request(),
        odd in any_json(),
        kind in select(&[PolicyType::Identity, PolicyType::Trust, PolicyType::Rcp][..]),
        start in 0..9_u32,
    ) {
        let mut documents = vec![odd];
        change_documents(&mut request["policies"].clone(), &mut |document| documents.push(document.clone()));
        for document in &documents {
            // As a file of its own, and as text inside another one.
            let text = document.to_string();
            let node = json::parse(SourceId(3), &text).unwrap();
            let (was, is) = kept(&parse::document(&node, kind, "p").0);
            prop_assert_eq!(was, is);
            let mut offsets = OffsetMap::from_start(start);
            let marks = text.match_indices('"').zip(1..);
            marks.for_each(|((at, _), before)| offsets.push(at, start + before + u32::try_from(at).unwrap()));
            let node = json::parse_embedded(SourceId(3), &text, &offsets).unwrap();
            let (was, is) = kept(&parse::document(&node, kind, "p").0);
            prop_assert_eq!(was, is);
        }
    }

    #[test]
    fn an_added_deny_never_turns_a_denial_into_an_allow(
        request in generate::request(),
        action in select(ACTIONS),
        place in select(&["identity", "boundary", "session", "scp"][..]),
    ) {
        let mut stricter = request.clone();
        let deny = json!({ "Effect": "Deny", "Action": action, "Resource": "*" });
        change_documents(&mut stricter["policies"][place], &mut |document| {
            let statements = document["Statement"].take();
            document["Statement"] = match statements {
                Value::Array(mut statements) => {
                    statements.push(deny.clone());
                    json!(statements)
                }
                statement => json!([statement, deny]),
            };
        });
        let (before, after) = (decide(&request), decide(&stricter));
        prop_assert!(
            before == Decision::Allow || after != Decision::Allow,
            "{before}, then {after}: {stricter:#}"
        );
    }

    #[test]
    fn the_order_of_statements_is_irrelevant(request in generate::request()) {
        let mut reversed = request.clone();
        change_documents(&mut reversed["policies"], &mut |document| {
            if let Some(statements) = document["Statement"].as_array_mut() {
                statements.reverse();
            }
        });
        prop_assert_eq!(decide(&request), decide(&reversed), "{:#}", request);
    }

    #[test]
    fn not_action_is_the_complement_of_action(
        (action, resource) in plain_question(),
        patterns in vec(select(ACTIONS), 1..4),
    ) {
        let allows = |element: &str| {
            let statement = json!({ "Effect": "Allow", element: patterns, "Resource": "*" });
            decide(&ask(action, resource, &statement)) == Decision::Allow
        };
        prop_assert_ne!(allows("Action"), allows("NotAction"), "{} {:?}", action, patterns);
    }

    #[test]
    fn not_resource_is_the_complement_of_resource(
        (action, resource) in plain_question(),
        patterns in vec(select(known_resources()), 1..4),
    ) {
        let allows = |element: &str| {
            let statement = json!({ "Effect": "Allow", "Action": "*", element: patterns });
            decide(&ask(action, resource, &statement)) == Decision::Allow
        };
        prop_assert_ne!(allows("Resource"), allows("NotResource"), "{} {:?}", resource, patterns);
    }

    #[test]
    fn a_glob_matches_what_its_model_matches(
        pattern in "[ab*?é\n]{0,9}",
        text in "[abé*?\n😀]{0,9}",
    ) {
        let syntax = Syntax { wildcards: true, variables: false };
        let (compiled, errors) = Pattern::new(&Text::from(&*pattern), syntax);
        prop_assert!(errors.is_empty());
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(
            compiled.matches_str(&text),
            model(&chars(&pattern), &chars(&text)),
            "{:?} on {:?}",
            pattern,
            text
        );
    }

    #[test]
    fn filling_an_unknown_key_contradicts_no_definite_answer(request in generate::request()) {
        let before = decide(&request);
        if before == Decision::Unknown || request["unknown"].is_null() {
            return Ok(());
        }
        for filled in unknown::filled(&request) {
            let after = decide(&filled);
            // A denial for lack of an Allow may turn out to be one by a Deny.
            let denied = before == Decision::ImplicitDeny && after == Decision::ExplicitDeny;
            prop_assert!(before == after || denied, "{before}, then {after}: {filled:#}");
        }
    }

    #[test]
    fn the_silent_and_the_explained_answer_are_the_same(request in generate::request()) {
        let question = read(&request);
        let policies = question.policies.as_policies();
        let silent = evaluate(&question.request, &policies, Uncertainties::NONE);
        let (mut explained, _) = explain(&question.request, &policies, Uncertainties::NONE);
        // Whoever explains looks at every element, and so comes across more of the register.
        prop_assert_eq!(explained.touched.union(silent.touched), explained.touched);
        explained.touched = silent.touched;
        prop_assert_eq!(silent, explained, "{:#}", request);
    }

    #[test]
    fn no_request_that_can_be_read_makes_the_evaluation_panic(
        request in generate::request(),
        replacements in vec((0..60_usize, any_json()), 1..4),
    ) {
        let mut broken = request;
        for (number, value) in replacements {
            replace(&mut broken, &mut { number + 1 }, &value);
        }
        let node = json::parse(SourceId(0), &broken.to_string()).unwrap();
        if let Ok(question) = file::read(&node) {
            let policies = question.policies.as_policies();
            evaluate(&question.request, &policies, Uncertainties::NONE);
            explain(&question.request, &policies, Uncertainties::NONE);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(
        text in any::<String>(),
        like_json in "[\\[\\]{}\",:0-9a-fnrtu\\\\eE+. \n-]{0,40}",
        request in generate::request(),
        cut in any::<prop::sample::Index>(),
    ) {
        for text in [&text, &like_json] {
            let _ = json::parse(SourceId(0), text);
        }
        let text = request.to_string();
        let cut: String = text.chars().take(cut.index(text.len())).collect();
        let _ = json::parse(SourceId(0), &cut);
    }
}
