//! Runs the table of `fixtures/decisions/messages.json`: AWS's denial messages and their parts.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]

use policy_engine::{
    denial::{Denial, Place, Reason, stage},
    source::SourceId,
    stage::StageName,
    syntax::{json, node::Node},
};
use std::{fs, path::Path};

/// The stage of these follows from who the caller should have been, not from the text.
const NEEDS_THE_WORLD: [&str; 1] = ["C451"];

#[test]
fn every_message_is_read_to_its_parts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/decisions/messages.json");
    let text = fs::read_to_string(path).unwrap();
    let table = json::parse(SourceId(0), &text).unwrap();
    let cases = table.as_list().unwrap();
    assert_eq!(cases.len(), 16);
    for case in cases {
        let (id, text) = (
            case.get("id").unwrap().as_str().unwrap(),
            case.get("text").unwrap().as_str().unwrap(),
        );
        let expect = case.get("expect").unwrap();
        let want = |name: &str| expect.get(name).and_then(Node::as_str);
        let denial = Denial::parse(text);
        assert_eq!(
            denial.as_ref().map(|denial| denial.caller),
            want("arn"),
            "{id}"
        );
        assert_eq!(
            denial.as_ref().map(|denial| denial.action),
            want("action"),
            "{id}"
        );
        let place = denial.as_ref().and_then(|denial| denial.place);
        let resource = match place {
            Some(Place::Resource(resource)) => Some(resource),
            _ => None,
        };
        assert_eq!(resource, want("resource"), "{id}");
        assert_eq!(
            place == Some(Place::Ciphertext),
            want("place").is_some(),
            "{id}"
        );
        let (deny, policy, silent, key) = match denial.as_ref().and_then(|denial| denial.reason) {
            Some(Reason::Denied {
                policy_type,
                policy,
            }) => (Some(policy_type), policy, None, None),
            Some(Reason::Silent { policy_type }) => (None, None, Some(policy_type), None),
            Some(Reason::Key(text)) => (None, None, None, Some(text)),
            None => (None, None, None, None),
        };
        assert_eq!((deny, policy), (want("deny"), want("policyarn")), "{id}");
        assert_eq!((silent, key), (want("silent"), want("kms")), "{id}");
        if !NEEDS_THE_WORLD.contains(&id) {
            assert_eq!(stage(text).map(StageName::word), want("stage"), "{id}");
        }
    }
}
