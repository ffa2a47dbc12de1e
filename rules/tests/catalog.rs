//! The embedded catalog is what its source says, and answers as people ask.
//!
//! `UPDATE=1 cargo test -p ascp-policy-rules --test catalog` makes it anew from `rules/data/catalog.json.gz`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a catalog that cannot be read has failed"
)]

use rules::catalog::{self, Catalog, Level, ValueType};
use std::{fs, io::Read, path::PathBuf};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name)
}

fn json() -> String {
    let packed = fs::read(data("catalog.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_embedded_catalog_is_made_from_its_source() {
    let built = catalog::build(&json()).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(data("catalog.bin"), &built).unwrap();
    }
    let embedded = fs::read(data("catalog.bin")).unwrap();
    assert!(embedded == built, "old: run the test with UPDATE=1");
}

#[test]
fn both_forms_contain_the_same() {
    let (embedded, read) = (Catalog::embedded(), Catalog::from_json(&json()).unwrap());
    assert_eq!(embedded.counts(), read.counts());
    assert_eq!(embedded.date(), "2026-08-21");
    assert!(embedded.counts().services >= 455 && embedded.counts().actions > 21_000);
    let mut count = 0;
    for prefix in read.prefixes() {
        assert_eq!(embedded.service(prefix), read.service(prefix), "{prefix}");
        count += embedded.service(prefix).unwrap().actions.len();
    }
    assert_eq!(count, embedded.counts().actions as usize);
}

#[test]
fn actions_match_without_case_and_near_names_are_offered() {
    let catalog = Catalog::embedded();
    let (service, action) = catalog.action("SecretsManager:getsecretvalue").unwrap();
    assert_eq!(
        (action.name.as_str(), action.level),
        ("GetSecretValue", Level::Read)
    );
    assert_eq!(action.resources, [("Secret".to_owned(), true)]);
    assert_eq!(
        service.nearest_action("GetSecretsValue"),
        Some("GetSecretValue")
    );
    assert_eq!(service.nearest_action("Frobnicate"), None);
    assert_eq!(
        catalog.nearest_service("secretmanager"),
        Some("secretsmanager")
    );
    assert!(catalog.action("secretsmanager:ReadSecretValue").is_none());
    assert!(catalog.action("nocolon").is_none());
}

#[test]
fn keys_and_their_families_are_known() {
    let catalog = Catalog::embedded();
    let tag = catalog.key("AWS:principaltag/team").unwrap();
    assert_eq!((tag.value, tag.many), (ValueType::String, false));
    assert!(catalog.key("aws:PrincipalTag/").is_none());
    assert!(catalog.key("aws:PrincipleTag/team").is_none());
    assert!(catalog.key("aws:TagKeys").unwrap().many);
    let (secrets, get) = catalog.action("secretsmanager:GetSecretValue").unwrap();
    assert!(secrets.carries(get, "aws:ResourceTag/team"));
    assert!(secrets.carries(get, "secretsmanager:versionstage"));
    assert!(!secrets.carries(
        secrets.action("ListSecrets").unwrap(),
        "aws:ResourceTag/team"
    ));
    assert!(catalog.key("kms:EncryptionContext:SecretARN").is_some());
}

#[test]
fn a_catalog_that_is_none_is_refused() {
    assert!(Catalog::from_json("{}").is_err());
    let later = r#"{"format": 2, "generated_from": {}, "globals": {}, "services": {}}"#;
    let error = Catalog::from_json(later).unwrap_err().to_string();
    assert!(error.contains("format 2"), "{error}");
    let empty = r#"{"format": 1, "generated_from": {}, "globals": {}, "services": {}}"#;
    assert!(Catalog::from_json(empty).unwrap().is_empty());
}
