//! Laws of the provider's readers: what they refuse is told shortly and harmlessly, and what they take stays below the mount.

use crate::{
    attributes::{Attributes, POD_IDENTITY_AUDIENCE, STS_AUDIENCE},
    error::MountError,
    file_name::{self, Translation},
    generated::{MountRequest, ObjectVersion},
    objects::{self, Objects, Rules},
};
use std::path::{Component, Path};

/// Reads a request whose permission, node publish secret and attributes are the lines of a text, the last to the end.
pub fn attributes(text: &str) {
    let mut lines = text.splitn(3, '\n').map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    let request = MountRequest {
        permission: line(),
        secrets: line(),
        attributes: line(),
        target_path: "/mount".to_owned(),
        current_object_version: vec![ObjectVersion::default()],
    };
    let mut attributes = match Attributes::read(&request) {
        Ok(attributes) => attributes,
        Err(error) => {
            refusal(&error);
            // The texts hold tokens, so nothing of them is repeated.
            assert!(error.to_string().len() < 250, "{error}");
            return;
        }
    };
    if let Err(error) = attributes.uses_pod_identity() {
        refusal(&error);
    }
    match attributes.translation() {
        Ok(Translation::To(character)) => {
            assert!(u32::from(character) < 0x100, "one byte is one character");
        }
        Ok(Translation::Off) => {}
        Err(error) => refusal(&error),
    }
    let before = attributes.warnings.len();
    let _ = attributes.address_type();
    assert!(attributes.warnings.len() <= before + 1);
    for audience in [POD_IDENTITY_AUDIENCE, STS_AUDIENCE] {
        match attributes.token(audience, "Pod Identity") {
            Ok(token) => assert!(!token.expose().is_empty()),
            Err(error) => refusal(&error),
        }
    }
}

/// Reads an `objects` document under every setting that its checks depend on.
pub fn objects(document: &str) {
    for translation in [Translation::To('_'), Translation::Off, Translation::To('/')] {
        for driver_writes in [false, true] {
            for failover_region in [None, Some("us-east-1")] {
                let rules = Rules {
                    region: "us-west-2",
                    failover_region,
                    translation,
                    driver_writes,
                    strict: false,
                };
                let read = objects::parse(document, &rules);
                let strictly = objects::parse(
                    document,
                    &Rules {
                        strict: true,
                        ..rules
                    },
                );
                match (&read, &strictly) {
                    (Ok(read), Ok(strictly)) => assert_eq!(read, strictly),
                    (Ok(_), Err(error)) => refusal(error),
                    (Err(error), Err(other)) => {
                        refusal(error);
                        refusal(other);
                    }
                    (Err(error), Ok(_)) => panic!("strict is laxer: {error}"),
                }
                if let Ok(read) = &read {
                    inside(read, &rules);
                }
            }
        }
    }
}

/// Reads one entry whose translation, names and aliases are the lines of a text.
pub fn paths(text: &str) {
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let Some(translation) = Translation::parse(line()) else {
        return;
    };
    let object = serde_json::json!([{
        "objectName": line(),
        "objectType": "secretsmanager",
        "objectAlias": line(),
        "filePermission": "4777",
        "jmesPath": [{"path": "a", "objectAlias": line()}, {"path": "b", "objectAlias": line()}],
    }]);
    for driver_writes in [false, true] {
        let rules = Rules {
            region: "us-west-2",
            failover_region: None,
            translation,
            driver_writes,
            strict: false,
        };
        match objects::parse(&object.to_string(), &rules) {
            Ok(read) => inside(&read, &rules),
            Err(error) => refusal(&error),
        }
    }
}

/// Every file of every entry lies below the mount, and nothing of the provider's own is named.
fn inside(read: &Objects, rules: &Rules<'_>) {
    assert!(read.warnings.len() <= 100 + 5 * read.descriptors.len() + entries(read));
    for descriptor in &read.descriptors {
        let own = descriptor.mount_object.then_some(descriptor.base_name());
        let aliases = descriptor.jmes.iter().map(|entry| entry.alias.as_str());
        for name in own.into_iter().chain(aliases) {
            let file = rules.translation.file_name(name);
            assert_eq!(file_name::problem(&file, rules.driver_writes), None);
            let path = Path::new("/mount").join(&file);
            let mut steps = path.components();
            assert!(path.starts_with("/mount"), "{path:?}");
            assert_eq!(steps.next(), Some(Component::RootDir));
            assert!(steps.clone().count() >= 2, "{path:?} is the mount itself");
            assert!(
                steps.all(|step| matches!(step, Component::Normal(_))),
                "{path:?}"
            );
            assert!(!file.starts_with(file_name::STAGING), "{path:?}");
        }
        assert!(descriptor.mode(0o644) <= 0o777);
    }
}

fn entries(read: &Objects) -> usize {
    let entries = read.descriptors.iter().map(|one| one.jmes.len());
    entries.sum()
}

/// A refusal fits into an event and cannot steer a terminal.
fn refusal(error: &MountError) {
    let text = error.to_string();
    assert!(!text.is_empty() && text.len() <= 4096);
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
