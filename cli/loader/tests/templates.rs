//! What a template leaves open stays open, and templates of one file name are different stacks.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use std::fs;

fn load(files: &[(&str, &str)]) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        accounts: vec![("main".into(), "111122223333".into())],
        region: Some("us-east-1".into()),
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

/// A template with a parameter without a value and a condition that rests on it.
fn template(resources: &str) -> Loaded {
    let head = "Parameters: { P: { Type: String } }\nConditions: { Chosen: !Equals [!Ref P, 'yes'] }\nResources:\n";
    load(&[("stack.yaml", &format!("{head}{resources}"))])
}

#[test]
fn templates_of_one_file_name_are_different_stacks() {
    let role = "Resources: { Reader: { Type: 'AWS::IAM::Role', Properties: { Path: / } } }\n";
    let loaded = load(&[("ecs/stack.yaml", role), ("fargate/stack.yaml", role)]);
    let names: Vec<_> = loaded
        .inventory
        .roles
        .iter()
        .map(|role| role.arn.clone())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].contains("stack.yaml in ecs"), "{names:?}");
    let alone = load(&[("ecs/stack.yaml", role)]);
    let arn = alone.inventory.roles[0].arn.clone();
    assert!(arn.ends_with("<name of Reader in stack.yaml>"), "{arn}");
}

#[test]
fn an_export_of_two_templates_is_neither() {
    let stack = |value: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources: {{}}\nOutputs: {{ O: {{ Value: {value}, Export: {{ Name: shared }} }} }}\n"
        )
    };
    let user = "Resources: { S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: s, KmsKeyId: !ImportValue shared } } }\n";
    let key = |first: &str, second: &str| {
        let (first, second) = (stack(first), stack(second));
        let files = [
            ("a/one.yaml", first.as_str()),
            ("b/two.yaml", second.as_str()),
            ("user.yaml", user),
        ];
        format!("{:?}", load(&files).inventory.secrets[0].key)
    };
    assert!(key("alias/a", "alias/a").contains("alias/a"));
    let open = key("alias/a", "alias/b");
    assert!(!open.contains("alias/"), "{open}");
}

#[test]
fn what_may_be_missing_is_no_part_of_a_text() {
    let loaded = template(
        "  S:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: s
      KmsKeyId: !Join ['', [alias/a, !If [Chosen, b, !Ref AWS::NoValue]]]
",
    );
    let key = format!("{:?}", loaded.inventory.secrets[0].key);
    assert!(!key.contains("alias/a<"), "{key}");
}

#[test]
fn a_replica_in_an_unknown_region_keeps_the_replicas_open() {
    let replicas = |list: &str| {
        let loaded = template(&format!(
            "  S: {{ Type: 'AWS::SecretsManager::Secret', Properties: {{ Name: s, ReplicaRegions: {list} }} }}\n"
        ));
        let replicas = &loaded.inventory.secrets[0].replicas;
        (replicas.list.len(), replicas.open.is_some())
    };
    assert_eq!(replicas("[{ Region: eu-west-1 }]"), (1, false));
    assert_eq!(replicas("[{ Region: !Ref P }]"), (0, true));
    assert_eq!(replicas("[{ Region: !Sub 'eu-${P}-1' }]"), (0, true));
    assert_eq!(replicas("[{ Region: eu-west-1 }, !Ref P]"), (1, true));
    assert_eq!(replicas("!Ref AWS::NoValue"), (0, false));
}

/// A template of one resource.
fn resource(kind: &str, properties: &str, more: &str) -> String {
    format!(
        r#"{{ "AWSTemplateFormatVersion": "2010-09-09", "Parameters": {{ "P": {{ "Type": "String" }} }},
            "Conditions": {{ "Chosen": {{ "Fn::Equals": [{{ "Ref": "P" }}, "yes"] }} }},
            "Resources": {{ "R": {{ "Type": "{kind}"{more}, "Properties": {properties} }} }} }}"#
    )
}

const DENY: &str = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" } }"#;

#[test]
fn the_order_of_files_decides_nothing() {
    let secret = resource("AWS::SecretsManager::Secret", r#"{ "Name": "pay/db" }"#, "");
    for id in [
        "pay/db",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db",
    ] {
        let policy = format!(r#"{{ "SecretId": "{id}", "ResourcePolicy": {DENY} }}"#);
        let policy = resource("AWS::SecretsManager::ResourcePolicy", &policy, "");
        for [first, second] in [[&policy, &secret], [&secret, &policy]] {
            let loaded = load(&[("a.json", first), ("b.json", second)]);
            let [secret] = loaded.inventory.secrets.as_slice() else {
                panic!("{:?}", loaded.inventory.secrets);
            };
            let is_kept = matches!(
                secret.policy,
                policy_engine::inventory::ResourcePolicy::Document(_)
            );
            assert!(is_kept, "{id}: {:?}", secret.policy);
        }
    }
}

#[test]
fn an_inline_policy_that_may_not_exist_leaves_the_role_open() {
    let role = format!(
        r#"{{ "RoleName": "reader", "AssumeRolePolicyDocument": {} }}"#,
        r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": "sts:AssumeRole" } }"#
    );
    let policy = r#"{ "RoleName": "reader", "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } } }"#;
    let policy = resource("AWS::IAM::RolePolicy", policy, r#", "Condition": "Chosen""#);
    let loaded = load(&[
        ("a.json", &resource("AWS::IAM::Role", &role, "")),
        ("b.json", &policy),
    ]);
    let [role] = loaded.inventory.roles.as_slice() else {
        panic!("{:?}", loaded.inventory.roles);
    };
    assert!(role.inline.open.is_some());
    assert!(role.inline.list.is_empty());
}

#[test]
fn a_policy_that_another_tool_puts_there_is_unknown() {
    let policies = [
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: "),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument: "),
    ];
    let texts = [
        "'${file(policy.json)}'",
        "'{{ policy }}'",
        "{ file: a.json }",
    ];
    for (kind, property) in policies {
        for text in texts {
            let made = format!("  R: {{ Type: '{kind}', Properties: {{ {property}{text} }} }}\n");
            let loaded = template(&made);
            let named = loaded.notes.iter().filter(|note| {
                note.message.contains("is unknown until")
                    && note.message.contains("another tool puts there")
            });
            assert_eq!(named.count(), 1, "{kind} {text}: {:?}", loaded.notes);
            assert!(loaded.sightings.is_empty(), "{kind} {text}");
        }
    }
}

#[test]
fn a_template_that_is_taken_for_that_of_a_url_is_named() {
    let outer = |url: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources: {{ N: {{ Type: 'AWS::CloudFormation::Stack', Properties: {{ TemplateURL: '{url}' }} }} }}\n"
        )
    };
    let inner = "Resources: { Reader: { Type: 'AWS::IAM::Role', Properties: { Path: / } } }\n";
    let notes = |url: &str| {
        let loaded = load(&[("outer.yaml", &outer(url)), ("parts/inner.yaml", inner)]);
        let all = loaded.notes.iter().map(|note| note.message.clone());
        all.filter(|message| message.contains("taken for it"))
            .collect::<Vec<_>>()
    };
    let named = notes("https://user:word@bucket.s3.amazonaws.com/v1/inner.yaml");
    assert_eq!(named.len(), 1);
    assert!(named[0].contains("parts/inner.yaml"), "{named:?}");
    assert!(!named[0].contains("word@"), "{named:?}");
    assert!(notes("parts/inner.yaml").is_empty());
    assert!(notes("https://bucket.s3.amazonaws.com/v1/other.yaml").is_empty());
}

#[test]
fn tags_that_cloudformation_adds_count_where_terraform_names_them() {
    let stack =
        "Resources: { S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: s } } }\n";
    let policy = |tag: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n    actions = [\"secretsmanager:GetSecretValue\"]\n    resources = [\"*\"]\n    condition {{\n      test = \"StringEquals\"\n      variable = \"aws:ResourceTag/{tag}\"\n      values = [\"S\"]\n    }}\n  }}\n}}\n"
        )
    };
    let has_tags = |tag: &str| {
        let files = [("main.tf", policy(tag)), ("stack.yaml", stack.to_owned())];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        let loaded = load(&files);
        !loaded.inventory.secrets[0].tags.list.is_empty()
    };
    assert!(has_tags("aws:cloudformation:logical-id"));
    assert!(!has_tags("team"));
}

#[test]
fn tags_of_a_deployment_are_named_as_missing() {
    let stack = |kind: &str| {
        let loaded = template(&format!(
            "  S: {{ Type: '{kind}', Properties: {{ Name: s }} }}\n"
        ));
        let mut notes = loaded.notes.iter();
        notes.any(|note| note.message.contains("deploy --tags"))
    };
    assert!(stack("AWS::SecretsManager::Secret"));
    assert!(!stack("AWS::SNS::Topic"));
}
