//! A source whose account nothing states: its facts hold in any account, unless an answer can depend on the id.

#![expect(
    clippy::unwrap_used,
    reason = "tests write files, and fail where they cannot"
)]

use loader::{Loaded, Options, UNNAMED_ACCOUNT, load};
use std::fs;

const ROOT: &str = r#"
provider "aws" { region = "us-east-1" }
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",
    Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }] })
}
resource "aws_iam_role_policy" "read" {
  name = "read"
  role = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",
    Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.db.arn }] })
}
resource "aws_secretsmanager_secret" "db" { name = "db" }
"#;

const TEMPLATE: &str = "Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: 'sts:AssumeRole' } }
";

const CLUSTER: &str = "apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: { name: prod, region: us-east-1 }
iam:
  podIdentityAssociations:
    - { namespace: pay, serviceAccountName: api, roleName: app, permissionPolicy: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'secretsmanager:*', Resource: '*' }] } }
";

const OTHER: &str = r#"
resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = aws_secretsmanager_secret.db.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue",
    Principal = { AWS = "arn:aws:iam::444455556666:role/other" }, Resource = "*" }] })
}
"#;

fn loaded(files: &[(&str, &str)], change: impl FnOnce(&mut Options)) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut options = Options {
        paths: vec![directory.path().to_path_buf()],
        any_account: true,
        region: Some("us-east-1".to_owned()),
        ..Options::default()
    };
    change(&mut options);
    load(&options).unwrap()
}

/// The ids of the accounts with roles.
fn accounts(loaded: &Loaded) -> Vec<String> {
    let roles = loaded.inventory.roles.iter();
    let accounts = roles.map(|role| role.arn.split(':').nth(4).unwrap().to_owned());
    accounts.collect()
}

#[test]
fn a_single_source_holds_in_any_account() {
    for (name, text) in [
        ("infra/main.tf", ROOT),
        ("stack.yaml", TEMPLATE),
        ("cluster.yaml", CLUSTER),
    ] {
        let loaded = loaded(&[(name, text)], |_| {});
        assert_eq!(accounts(&loaded), [UNNAMED_ACCOUNT], "{name}");
        let source = loaded.unnamed.unwrap().source;
        assert!(
            source.ends_with(name.split('/').next().unwrap()),
            "{source}"
        );
        let unread = loaded.files.iter().filter(|file| file.unread.is_some());
        assert_eq!(unread.count(), 0, "{name}");
    }
}

#[test]
fn where_an_answer_can_depend_on_the_id_nothing_is_assumed() {
    type Files = &'static [(&'static str, &'static str)];
    type Change = fn(&mut Options);
    let cases: [(&str, Files, Change); 5] = [
        ("not asked for", &[("main.tf", ROOT)], |options| {
            options.any_account = false;
        }),
        (
            "two roots, which may be of two accounts",
            &[("dev/main.tf", ROOT), ("prod/main.tf", ROOT)],
            |_| {},
        ),
        (
            "a root and a template",
            &[("dev/main.tf", ROOT), ("stack.yaml", TEMPLATE)],
            |_| {},
        ),
        (
            "the id of another account in a policy",
            &[("main.tf", ROOT), ("policy.tf", OTHER)],
            |_| {},
        ),
        (
            "a service account with a role of another account",
            &[
                ("main.tf", ROOT),
                (
                    "app.yaml",
                    "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: app, namespace: dev, annotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::444455556666:role/app' } }\n",
                ),
            ],
            |_| {},
        ),
    ];
    for (name, files, change) in cases {
        let loaded = loaded(files, change);
        assert_eq!(accounts(&loaded), [""; 0], "{name}");
        assert_eq!(loaded.unnamed, None, "{name}");
        let mut unread = loaded.files.iter().filter_map(|file| file.unread.as_ref());
        assert!(
            unread.any(|unread| unread.how.contains("--account NAME=")),
            "{name}"
        );
    }
}

/// What an expression computes from the id is unknown: a policy that exists only in some account may exist.
#[test]
fn what_depends_on_the_id_is_unknown() {
    let conditions = [
        r#"local.id == "111122223333""#,
        r#"local.id != "111122223333""#,
        r#"local.id == "000000000000""#,
        r#"contains(["111122223333"], local.id)"#,
        r#"startswith(local.id, "1111")"#,
        "tonumber(local.id) > 5",
        r#"lookup({ "111122223333" = true }, local.id, false)"#,
        r#"split(":", aws_iam_role.app.arn)[4] == "111122223333""#,
        r#""arn:aws:iam::${local.id}:root" == "arn:aws:iam::111122223333:root""#,
    ];
    let counted = ROOT.replacen("name = \"read\"", "name = \"read\"\n  count = COUNT", 1);
    for condition in conditions {
        let root = counted.replace("COUNT", &format!("{condition} ? 1 : 0"));
        let root = format!(
            "{root}\ndata \"aws_caller_identity\" \"own\" {{}}\nlocals {{ id = data.aws_caller_identity.own.account_id }}\n"
        );
        let loaded = loaded(&[("main.tf", &root)], |_| {});
        assert_eq!(accounts(&loaded), [UNNAMED_ACCOUNT], "{condition}");
        let role = loaded.inventory.roles.first().unwrap();
        assert!(role.inline.open.is_some(), "{condition}");
    }
    let template = format!(
        "Conditions: {{ Own: !Equals [!Ref 'AWS::AccountId', '111122223333'] }}\n{TEMPLATE}  Read:
    Type: AWS::IAM::RolePolicy
    Condition: Own
    Properties: {{ RoleName: !Ref App, PolicyName: read, PolicyDocument: {{ Version: '2012-10-17', Statement: {{ Effect: Allow, Action: '*', Resource: '*' }} }} }}
"
    );
    let loaded = loaded(&[("stack.yaml", &template)], |_| {});
    assert_eq!(accounts(&loaded), [UNNAMED_ACCOUNT]);
    assert!(
        loaded
            .inventory
            .roles
            .first()
            .unwrap()
            .inline
            .open
            .is_some()
    );
}

/// A pattern that some ids match.
#[test]
fn a_pattern_of_ids_is_not_decided() {
    for (value, is_known) in [
        ("1111*", false),
        ("0*", false),
        ("00??????????", false),
        ("*", true),
        ("????????????", true),
    ] {
        let policy = OTHER.replace("arn:aws:iam::444455556666:role/other", "*");
        let resource = format!("arn:aws:secretsmanager:us-east-1:{value}:secret:db-*");
        let policy = policy.replace(r#"Resource = "*""#, &format!(r#"Resource = "{resource}""#));
        let loaded = loaded(&[("main.tf", ROOT), ("policy.tf", &policy)], |_| {});
        assert_eq!(loaded.unnamed.is_some(), is_known, "{value}");
    }
}

#[test]
fn the_only_id_of_the_facts_is_proposed() {
    let loaded = loaded(&[("main.tf", ROOT), ("policy.tf", OTHER)], |_| {});
    let mut unread = loaded.files.iter().filter_map(|file| file.unread.as_ref());
    assert!(unread.any(|unread| unread.how.contains("--account NAME=444455556666")));
}

#[test]
fn a_stated_account_is_the_account() {
    let loaded = loaded(&[("main.tf", ROOT)], |options| {
        options.accounts = vec![("prod".to_owned(), "111122223333".to_owned())];
    });
    assert_eq!(accounts(&loaded), ["111122223333"]);
    assert_eq!(loaded.unnamed, None);
}
