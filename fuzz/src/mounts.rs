//! Laws of the provider's readers: a refusal has a short and harmless message, and an accepted file stays below the mount.

use crate::{
    attributes::{Attributes, POD_IDENTITY_AUDIENCE, STS_AUDIENCE},
    config::Config,
    error::MountError,
    generated::{MountRequest, ObjectVersion},
    objects::{self, Class, DIALECT},
};
use policy_engine::inventory::class::{ClassFault, Mounting, Translation};
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
    let class = Class::read(&attributes);
    if let Err(error) = class.check_identity(&mounting(false)) {
        refusal(&error);
    }
    if let Some(Translation::To(character)) = class.facts().translation() {
        assert!(u32::from(character) < 0x100, "one byte is one character");
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
    for translation in ["_", "False", "/"] {
        for driver_writes in [false, true] {
            for failover_region in ["", "us-east-1"] {
                judge(document, translation, failover_region, driver_writes);
            }
        }
    }
}

/// Reads one entry whose translation, names and aliases are the lines of a text.
pub fn paths(text: &str) {
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let translation = line();
    let object = serde_json::json!([{
        "objectName": line(),
        "objectType": "secretsmanager",
        "objectAlias": line(),
        "filePermission": "4777",
        "jmesPath": [{"path": "a", "objectAlias": line()}, {"path": "b", "objectAlias": line()}],
    }]);
    for driver_writes in [false, true] {
        judge(&object.to_string(), translation, "", driver_writes);
    }
}

fn mounting(driver_writes: bool) -> Mounting<'static> {
    Mounting {
        dialect: DIALECT,
        region: "us-west-2",
        driver_writes,
    }
}

/// A class that is accepted writes below the mount alone, and strict checks accept no more than the ordinary ones.
fn judge(document: &str, translation: &str, failover_region: &str, driver_writes: bool) {
    let request = MountRequest {
        permission: "420".to_owned(),
        attributes: serde_json::json!({
            "csi.storage.k8s.io/serviceAccount.tokens": "{}",
            "region": "us-west-2",
            "failoverRegion": failover_region,
            "pathTranslation": translation,
            "objects": document,
        })
        .to_string(),
        target_path: "/mount".to_owned(),
        ..MountRequest::default()
    };
    let attributes = Attributes::read(&request).expect("these attributes are well-formed");
    let check = |strict_objects| {
        let mut class = Class::read(&attributes);
        let config = Config { strict_objects };
        let mounting = mounting(driver_writes);
        class.check_identity(&mounting)?;
        class.check_objects(&mounting, &config)?;
        Ok(class)
    };
    match (check(false), check(true)) {
        (Ok(class), strictly) => {
            if let Err(error) = strictly {
                refusal(&error);
            }
            inside(&class, driver_writes);
        }
        (Err(error), Err(other)) => {
            refusal(&error);
            refusal(&other);
        }
        (Err(error), Ok(_)) => panic!("strict accepts more: {error}"),
    }
}

/// Every file of every object lies below the mount.
fn inside(class: &Class, driver_writes: bool) {
    let facts = class.facts();
    let mut faults = facts.faults(&mounting(driver_writes));
    // The provider parses a path when it has the value of the secret.
    faults.retain(|fault| !matches!(fault.value, ClassFault::JmesPathInvalid { .. }));
    // The driver refuses a class without objects.
    assert!(faults.len() <= usize::from(facts.objects.is_empty()));
    for object in &facts.objects {
        for file in facts.files(object, DIALECT) {
            let path = Path::new("/mount").join(&file);
            let mut steps = path.components();
            assert!(path.starts_with("/mount"), "{path:?}");
            assert_eq!(steps.next(), Some(Component::RootDir));
            assert!(steps.clone().count() >= 2, "{path:?} is the mount itself");
            assert!(
                steps.all(|step| matches!(step, Component::Normal(_))),
                "{path:?}"
            );
        }
        assert!(objects::mode(object.permission.as_ref(), 0o644) <= 0o777);
    }
}

/// A refusal fits into an event and cannot steer a terminal.
fn refusal(error: &MountError) {
    let text = error.to_string();
    assert!(!text.is_empty() && text.len() <= 4096);
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
