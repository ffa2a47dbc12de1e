//! The embedded catalogue is what its source says, and answers as people ask.
//!
//! `UPDATE=1 cargo test -p ascp-policy-rules --test catalogue` makes it anew from `rules/data/catalogue.json.gz`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a catalogue that cannot be read has failed"
)]

use rules::catalogue::{self, Catalogue, Level, ValueType};
use std::{fs, io::Read, path::PathBuf};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name)
}

fn json() -> String {
    let packed = fs::read(data("catalogue.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_embedded_catalogue_is_made_from_its_source() {
    let built = catalogue::build(&json()).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(data("catalogue.bin"), &built).unwrap();
    }
    let embedded = fs::read(data("catalogue.bin")).unwrap();
    assert!(embedded == built, "old: run the test with UPDATE=1");
}

#[test]
fn both_forms_say_the_same() {
    let (embedded, read) = (
        Catalogue::embedded(),
        Catalogue::from_json(&json()).unwrap(),
    );
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
fn actions_are_found_without_case_and_near_ones_are_offered() {
    let catalogue = Catalogue::embedded();
    let (service, action) = catalogue.action("SecretsManager:getsecretvalue").unwrap();
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
        catalogue.nearest_service("secretmanager"),
        Some("secretsmanager")
    );
    assert!(catalogue.action("secretsmanager:ReadSecretValue").is_none());
    assert!(catalogue.action("nocolon").is_none());
}

#[test]
fn keys_and_their_families_are_found() {
    let catalogue = Catalogue::embedded();
    let tag = catalogue.key("AWS:principaltag/team").unwrap();
    assert_eq!((tag.value, tag.many), (ValueType::String, false));
    assert!(catalogue.key("aws:PrincipalTag/").is_none());
    assert!(catalogue.key("aws:PrincipleTag/team").is_none());
    assert!(catalogue.key("aws:TagKeys").unwrap().many);
    let (secrets, get) = catalogue.action("secretsmanager:GetSecretValue").unwrap();
    assert!(secrets.carries(get, "aws:ResourceTag/team"));
    assert!(secrets.carries(get, "secretsmanager:versionstage"));
    assert!(!secrets.carries(
        secrets.action("ListSecrets").unwrap(),
        "aws:ResourceTag/team"
    ));
    assert!(catalogue.key("kms:EncryptionContext:SecretARN").is_some());
}

#[test]
fn a_catalogue_that_is_none_is_refused() {
    assert!(Catalogue::from_json("{}").is_err());
    let later = r#"{"format": 2, "generated_from": {}, "globals": {}, "services": {}}"#;
    let error = Catalogue::from_json(later).unwrap_err().to_string();
    assert!(error.contains("format 2"), "{error}");
    let empty = r#"{"format": 1, "generated_from": {}, "globals": {}, "services": {}}"#;
    assert!(Catalogue::from_json(empty).unwrap().is_empty());
}
