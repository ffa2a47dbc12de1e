//! What eksctl makes with a cluster.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be read has failed"
)]

use loader::{Loaded, Options};
use policy_engine::inventory::{Association, Role};
use std::{fs, path::Path};

fn fixture() -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/inputs/eksctl/roles");
    load(&Options {
        paths: vec![folder],
        ..Options::default()
    })
}

fn load(options: &Options) -> Loaded {
    loader::load(options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

fn association<'l>(loaded: &'l Loaded, name: &str) -> &'l Association {
    let mut all = loaded.inventory.associations.iter();
    all.find(|association| association.service_account.value == name)
        .unwrap()
}

fn role<'l>(loaded: &'l Loaded, arn: &str) -> &'l Role {
    loaded.inventory.role(arn).unwrap()
}

#[test]
fn associations_name_the_roles_that_are_there_or_made() {
    let loaded = fixture();
    let of = |name: &str| {
        let role = format!("{:?}", association(&loaded, name).role);
        let (_, rest) = role.split_once("\"arn:").unwrap();
        let (arn, _) = rest.split_once('"').unwrap();
        format!("arn:{arn}")
    };
    assert_eq!(of("api"), "arn:aws:iam::111122223333:role/pod-reader");
    assert_eq!(of("jobs"), "arn:aws:iam::111122223333:role/jobs-reader");
    let mail = of("mail");
    assert_eq!(
        mail,
        "arn:aws:iam::111122223333:role/<name of the role of mail in pay in prod>"
    );
    assert!(loaded.inventory.role(&mail).is_some());
    assert_eq!(
        association(&loaded, "aws-node").namespace.value,
        "kube-system"
    );
    let cluster = &association(&loaded, "api").cluster;
    assert_eq!(cluster, "arn:aws:eks:us-east-1:111122223333:cluster/prod");
}

#[test]
fn a_role_that_eksctl_makes_has_what_its_entry_states() {
    let loaded = fixture();
    let jobs = format!(
        "{:?}",
        role(&loaded, "arn:aws:iam::111122223333:role/jobs-reader")
    );
    for part in [
        "policy/read-jobs",
        "policy/limit",
        "pods.eks.amazonaws.com",
        "sts:TagSession",
    ] {
        assert!(jobs.contains(part), "{part}: {jobs}");
    }
    for tag in ["owner", "team", "alpha.eksctl.io/cluster-name"] {
        assert!(jobs.contains(&format!("\"{tag}\"")), "{tag}: {jobs}");
    }
}

#[test]
fn service_accounts_have_their_annotations() {
    let loaded = fixture();
    let accounts = &loaded.inventory.service_accounts;
    let of = |name: &str| {
        let account = accounts
            .iter()
            .find(|account| account.pod.service_account == name);
        format!("{:?}", account.unwrap().irsa)
    };
    assert!(of("old-style").contains("role/pod-reader"));
    assert!(of("new-style").contains("role/new-style"));
    assert!(!of("jobs").contains("role/"));
}

#[test]
fn without_an_account_the_policies_are_judged_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let text = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: { name: prod }\niam:\n  podIdentityAssociations:\n    - { namespace: pay, serviceAccountName: api, permissionPolicy: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'sts:*', Resource: '*' }] } }\n";
    fs::write(directory.path().join("cluster.yaml"), text).unwrap();
    let loaded = load(&Options {
        paths: vec![directory.path().to_path_buf()],
        ..Options::default()
    });
    assert_eq!(loaded.inventory.loose.len(), 2);
    let mut unread = loaded.files.iter().filter_map(|file| file.unread.as_ref());
    assert!(unread.any(|unread| unread.how.contains("the account of its cluster")));
}
