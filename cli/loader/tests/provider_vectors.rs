//! The provider's test vectors, read by the loader and judged by the engine: `check` finds the fault with which a mount ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set up its files has failed"
)]

use loader::Options;
use policy_engine::inventory::{
    Dialect,
    class::{ClassFault, Mounting},
};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// The first fault of a class as `check` sees it, and the first doubt where those are refused.
fn refusal(row: &Value) -> Option<String> {
    let mut parameters = json!({"objects": row["objects"].as_str().unwrap()});
    for (key, value) in row["attributes"].as_object().into_iter().flatten() {
        parameters[key] = value.clone();
    }
    let manifest = json!({
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": {"name": "app", "namespace": "qa"},
        "spec": {"provider": "aws", "parameters": parameters},
    });
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("class.yaml"), manifest.to_string()).unwrap();
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        ..Options::default()
    };
    let loaded = loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems));
    let class = loaded.inventory.classes.first().unwrap();
    let flag = |wanted: &str| {
        let mut flags = row["flags"].as_array().into_iter().flatten();
        flags.any(|flag| flag == wanted)
    };
    let mounting = Mounting {
        dialect: Dialect::Ours,
        region: "us-west-2",
        driver_writes: flag("--driver-writes-secrets"),
    };
    // The provider leaves a class without objects to the driver.
    let mut faults = class.faults(&mounting).into_iter();
    let fault = faults.find(|fault| fault.value != ClassFault::NoObjects);
    let doubt = || {
        let doubts = class.doubts(&mounting).into_iter().next();
        doubts.filter(|_| flag("--strict-objects"))
    };
    fault
        .map(|fault| fault.value.to_string())
        .or_else(|| Some(doubt()?.value.to_string()))
}

#[test]
fn check_refuses_what_the_provider_refuses() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../provider/tests/vectors");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for table in ["20.3-parsing", "20.4-validation", "20.5-names"] {
        let text = fs::read_to_string(vectors.join(format!("{table}.json"))).unwrap();
        for row in serde_json::from_str::<Vec<Value>>(&text).unwrap() {
            rows += 1;
            let (refusal, expected) = (refusal(&row), row["expect"]["error"].as_str());
            let same = match (&refusal, expected) {
                (Some(refusal), Some(expected)) => refusal.starts_with(expected),
                (refusal, expected) => refusal.is_none() && expected.is_none(),
            };
            if !same {
                wrong.push(format!("{}: {refusal:?}, not {expected:?}", row["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {rows}: {wrong:#?}", wrong.len());
    assert!(rows > 100, "{rows}");
}
