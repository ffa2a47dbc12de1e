//! The policies that AWS publishes as examples have no finding above `info`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a fixture that cannot be read has failed"
)]

use policy_engine::{
    inventory::{
        AccountId, Attribute, Inventory, KeyRef, Listed, LoosePolicy, Region, ResourcePolicy,
        Secret, Tags,
    },
    policy::{PolicyDocument, PolicyType, parse},
    simulator::Simulator,
    source::{Origin, Shown, SourceId, SourceMap},
    syntax::json,
    text::{Hole, Text},
};
use rules::{
    lint::{Options, lint},
    rule::Severity,
};
use std::{fs, path::Path, sync::Arc};

fn secret(policy: Arc<PolicyDocument>) -> Secret {
    Secret {
        arn: Text::from("arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf"),
        name: "dev/db".into(),
        account: AccountId::parse("444455556666").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        tags: Tags::unstated(Origin::NOWHERE),
        key: KeyRef::Unknown(Hole::unstated()),
        policy: ResourcePolicy::Document(policy),
        replicas: Listed::default(),
        deleted: Attribute::Absent,
        origin: Origin::NOWHERE,
    }
}

#[test]
fn what_aws_publishes_is_not_flagged() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/policies/aws-examples.json");
    let text = fs::read_to_string(path).unwrap();
    let mut sources = SourceMap::default();
    let source = sources.add("aws-examples.json", Shown::whole(text.as_str()));
    assert_eq!(source, SourceId(0));
    let table = json::parse(source, &text).unwrap();
    let (mut count, mut flagged) = (0, Vec::new());
    for example in table.as_list().unwrap() {
        let word = |name: &str| example.get(name).unwrap().as_str().unwrap();
        let kind = match word("type") {
            "identity" => PolicyType::Identity,
            "secret" => PolicyType::Resource,
            "trust" => PolicyType::Trust,
            "key" => PolicyType::Key,
            other => panic!("`{other}`"),
        };
        let document = parse::document(example.get("policy").unwrap(), kind, word("name")).0;
        let mut inventory = Inventory::default();
        let document = Arc::new(document);
        if kind == PolicyType::Resource {
            inventory.secrets.push(secret(document));
        } else {
            inventory.loose.push(LoosePolicy { kind, document });
        }
        let report = lint(&Simulator::new(&inventory), &sources, &Options::default());
        let grave = report
            .findings
            .iter()
            .filter(|finding| finding.severity < Severity::Info);
        flagged.extend(grave.map(|finding| {
            let name = word("name");
            format!("{name}: {} {}", finding.rule.code, finding.message)
        }));
        count += 1;
    }
    assert!(count >= 30, "only {count}");
    assert!(flagged.is_empty(), "{}", flagged.join("\n"));
}
