//! The region decides the partition, in every reader.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use std::fs;

const ACCOUNT: &str = "111122223333";

fn load(name: &str, text: &str, region: Option<&str>) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(name), text).unwrap();
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        accounts: match name {
            "ascp-policy.yaml" => Vec::new(),
            _ => vec![("main".into(), ACCOUNT.into())],
        },
        region: region.map(str::to_owned),
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

fn secret(loaded: &Loaded) -> String {
    loaded.inventory.secrets[0].arn.to_string()
}

const TEMPLATE: &str = "
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Db: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: !Sub 'db-${AWS::Partition}' } }
  Reader: { Type: 'AWS::IAM::Role', Properties: { RoleName: reader } }
";

#[test]
fn a_template_lies_in_the_partition_of_its_region() {
    let loaded = load("stack.yaml", TEMPLATE, Some("us-gov-west-1"));
    assert_eq!(
        secret(&loaded),
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:db-aws-us-gov-??????"
    );
    assert_eq!(
        format!("{}", loaded.inventory.roles[0].arn),
        "arn:aws-us-gov:iam::111122223333:role/reader"
    );
    assert!(secret(&load("stack.yaml", TEMPLATE, Some("eu-west-1"))).starts_with("arn:aws:"));
}

#[test]
fn a_plan_lies_in_the_partition_of_its_provider() {
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [
            {"address": "aws_secretsmanager_secret.db", "mode": "managed", "type": "aws_secretsmanager_secret", "name": "db",
             "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "db"}}]}},
        "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "cn-north-1"}}}},
            "root_module": {"resources": [{"address": "aws_secretsmanager_secret.db", "provider_config_key": "aws", "expressions": {}}]}}}"#;
    let loaded = load("plan.json", plan, None);
    assert_eq!(
        secret(&loaded),
        "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:db-??????"
    );
}

#[test]
fn an_answer_without_an_arn_lies_in_the_partition_of_its_region() {
    let answer = r#"{"Parameters": [{"Name": "/pay/url", "Type": "String", "Tier": "Standard"}]}"#;
    let loaded = load("parameters.json", answer, Some("us-iso-east-1"));
    assert_eq!(
        format!("{}", loaded.inventory.parameters[0].arn),
        "arn:aws-iso:ssm:us-iso-east-1:111122223333:parameter/pay/url"
    );
}

#[test]
fn an_account_of_a_world_lies_in_the_partition_of_its_region_or_of_its_objects() {
    let world = |account: &str| {
        format!(
            "ascp-policy: 1\naccounts:\n  shop:\n    id: \"{ACCOUNT}\"\n{account}    roles: {{ reader: {{ trust: pod-identity }} }}\n"
        )
    };
    let role = |account: &str| {
        let loaded = load("ascp-policy.yaml", &world(account), None);
        loaded.inventory.roles[0].arn.clone()
    };
    assert!(role("    region: us-gov-west-1\n").starts_with("arn:aws-us-gov:"));
    assert!(role("    clusters: { prod: { region: cn-north-1 } }\n").starts_with("arn:aws-cn:"));
    assert!(role("").starts_with("arn:aws:"));
}
