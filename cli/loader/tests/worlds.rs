//! The fixture worlds are read as they are meant.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be read has failed"
)]

use loader::{Kind, Loaded, Options};
use policy_engine::{
    inventory::{Attribute, KeyRef},
    source::Origin,
};
use std::path::{Path, PathBuf};

fn worlds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/worlds")
}

fn load(path: &str) -> Loaded {
    let options = Options {
        paths: vec![worlds().join(path)],
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{path}: {:#?}", error.problems))
}

/// File, line, column and text of a place.
fn at(loaded: &Loaded, origin: Origin) -> (String, u32, u32, String) {
    let source = loaded.sources.get(origin.source).unwrap();
    let position = source.position(origin.span);
    let name = source.name.rsplit('/').next().unwrap().to_owned();
    (
        name,
        position.line,
        position.column,
        source.slice(origin.span).to_owned(),
    )
}

#[test]
fn every_world_is_read_without_a_problem() {
    let mut count = 0;
    for entry in std::fs::read_dir(worlds()).unwrap() {
        let path = entry.unwrap().path();
        let files = if path.join("ascp-policy.yaml").is_file() {
            vec![path]
        } else if path.is_dir() {
            std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect()
        } else {
            Vec::new()
        };
        for file in files {
            let loaded = load(file.to_str().unwrap());
            assert!(
                loaded.world.is_some() && !loaded.inventory.roles.is_empty(),
                "{}",
                file.display()
            );
            assert!(
                loaded.notes.is_empty(),
                "{}: {:?}",
                file.display(),
                loaded.notes
            );
            count += 1;
        }
    }
    assert!(count >= 23, "{count}");
}

#[test]
fn the_example_worlds_contain_what_they_promise() {
    let counts = |path: &str| {
        let loaded = load(path);
        let inventory = &loaded.inventory;
        assert!(inventory.closed.all, "{path}");
        [
            inventory.accounts.len(),
            inventory.clusters.len(),
            inventory.service_accounts.len(),
            inventory.associations.len(),
            inventory.roles.len(),
            inventory.secrets.len(),
            inventory.parameters.len(),
            inventory.keys.len(),
            inventory.mounts.len(),
            loaded.promises.pods.len(),
            loaded.promises.readers.len(),
        ]
    };
    assert_eq!(
        counts("examples/13-4-one-account.yaml"),
        [1, 1, 3, 2, 1, 4, 0, 0, 2, 9, 2]
    );
    assert_eq!(
        counts("examples/13-5-two-accounts.yaml"),
        [2, 1, 2, 2, 1, 3, 0, 1, 1, 5, 1]
    );
    assert_eq!(
        counts("examples/13-6-role-chain.yaml"),
        [3, 1, 2, 1, 3, 2, 2, 1, 2, 7, 2]
    );
}

#[test]
fn references_become_arns_with_holes() {
    let loaded = load("examples/13-6-role-chain.yaml");
    let inventory = &loaded.inventory;
    let hop = &inventory.associations[0];
    assert_eq!(
        hop.role.known().unwrap().value,
        "arn:aws:iam::111122223333:role/hop"
    );
    assert_eq!(
        hop.target_role.known().unwrap().value,
        "arn:aws:iam::444455556666:role/reader"
    );
    assert_eq!(
        hop.external_id.known().map(String::as_str),
        Some("us-east-1/111122223333/prod/pay/api")
    );
    let reader = inventory
        .role("arn:aws:iam::444455556666:role/reader")
        .unwrap();
    assert_eq!(
        reader.boundary.known().unwrap().value,
        "arn:aws:iam::444455556666:policy/reading-only"
    );
    let secret = inventory
        .secrets
        .iter()
        .find(|secret| secret.name == "pay/db")
        .unwrap();
    assert_eq!(
        secret.arn.to_string(),
        "arn:aws:secretsmanager:us-east-1:444455556666:secret:pay/db-??????"
    );
    assert_eq!(&*secret.arn.holes()[0].1.name, "suffix of vault:pay/db");
    let key = &inventory.keys[0];
    assert_eq!(
        key.arn.to_string(),
        "arn:aws:kms:us-east-1:444455556666:key/<id of vault:vault>"
    );
    let KeyRef::Named(named) = &secret.key else {
        panic!("a key")
    };
    assert_eq!(named.value, key.arn.to_string());
    let legacy = inventory
        .service_accounts
        .iter()
        .find(|account| account.irsa.is_some())
        .unwrap();
    assert_eq!(
        legacy.irsa.as_ref().unwrap().value,
        "arn:aws:iam::111122223333:role/legacy"
    );
    let organization = inventory.organization.as_ref().unwrap();
    assert_eq!(organization.management.as_deref(), Some("000011112222"));
    assert_eq!(organization.root.units[0].accounts, ["111122223333"]);
    assert_eq!(
        organization.root.rcps.len() + organization.root.units[0].scps.len(),
        2
    );
    let parameter = &inventory.parameters[0];
    assert_eq!(
        (parameter.arn.as_str(), &parameter.secure),
        (
            "arn:aws:ssm:us-east-1:444455556666:parameter/pay/url",
            &Attribute::Known(true)
        )
    );
}

#[test]
fn dumps_and_manifests_meet_in_one_inventory() {
    let loaded = load("blog-cross-account");
    let inventory = &loaded.inventory;
    let cluster = &inventory.clusters[0];
    assert_eq!(inventory.clusters.len(), 1);
    assert_eq!(
        cluster.issuer.known().unwrap().split('/').next(),
        Some("oidc.eks.us-east-1.amazonaws.com")
    );
    let audiences = cluster.audiences.as_ref().unwrap();
    assert_eq!(
        audiences.value,
        ["sts.amazonaws.com", "pods.eks.amazonaws.com"]
    );
    assert!(
        inventory
            .service_accounts
            .iter()
            .all(|workload| workload.pod.cluster == cluster.arn)
    );
    assert!(
        inventory
            .associations
            .iter()
            .all(|association| association.cluster == cluster.arn
                && association.sets_tags() == Some(true))
    );
    assert_eq!(
        (
            inventory.secrets.len(),
            inventory.keys.len(),
            inventory.workloads.len()
        ),
        (1, 1, 1)
    );
    let key = &inventory.keys[0];
    assert_eq!(key.aliases, ["alias/secrets"]);
    let enabled = key.enabled.known().unwrap();
    assert!(key.policy.known().is_some() && enabled.origin.is_somewhere());
    assert_eq!(
        loaded
            .files
            .iter()
            .filter(|file| file.kind == Some(Kind::AWS))
            .count(),
        9
    );
    assert!(
        loaded.files.iter().all(|file| file.kind.is_some()),
        "{:?}",
        loaded.files
    );
    let role = inventory.role("arn:aws:iam::111122223333:role/pod-reader");
    let role = role.unwrap();
    assert!(role.inline.open.is_none() && role.attached.open.is_none());
}

#[test]
fn places_are_exact_inside_strings() {
    let loaded = load("blog-cross-account");
    let inventory = &loaded.inventory;

    let tag = &inventory.secrets[0].tags.list[0];
    assert_eq!(
        at(&loaded, tag.value.origin),
        ("secret.dev-db.json".into(), 11, 22, "\"dev\"".into())
    );

    let alias = inventory.classes[0].objects[0].alias.as_ref().unwrap();
    assert_eq!(
        at(&loaded, alias.origin),
        ("secretproviderclasses.yaml".into(), 13, 22, "db".into())
    );

    let policy = inventory.keys[0].policy.known().unwrap();
    let principal = &policy.statements[1].principal.as_ref().unwrap().entries[0].value;
    let (file, line, _, text) = at(&loaded, principal.origin);
    assert_eq!(file, "key-policy.6c1d4a52-8f0b-4a37-9d2e-3b7f51c0e894.json");
    let whole = &loaded.sources.get(principal.origin.source).unwrap().text;
    assert_eq!(line, 2);
    assert!(
        text.starts_with("\\\"arn:aws:iam::111122223333:role/pod-reader"),
        "{text}"
    );
    assert_eq!(
        principal.origin.span.start as usize,
        whole.find("\\\"arn:aws:iam::111122223333").unwrap()
    );
    assert_eq!(
        at(
            &loaded,
            principal.inner(policy_engine::source::Span::new(0, 3))
        )
        .3,
        "arn"
    );
}
