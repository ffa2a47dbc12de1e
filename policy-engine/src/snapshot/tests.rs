//! The snapshots that are refused, and the places without their texts.

use super::*;
use crate::{
    inventory::{Pod, ServiceAccount, Workload},
    source::{Shown, SourceId, Span, Spanned},
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write;

fn origin(source: u32, start: usize) -> Origin {
    Origin {
        source: SourceId(source),
        span: Span::new(start, start + 2),
    }
}

fn snapshot() -> Snapshot {
    let mut sources = SourceMap::default();
    sources.add("k8s/app.yaml", Shown::whole("é: SECRET\nb: c\n"));
    let plan = sources.add("plan.json", Shown::whole("          "));
    sources.hide(plan, vec![(Span::new(2, 8), "aws_iam_role.app".into())]);
    let account = ServiceAccount {
        pod: Pod {
            cluster: "prod".into(),
            namespace: "dev".into(),
            service_account: "app".into(),
        },
        irsa: Some(Spanned::new(
            "arn:aws:iam::1:role/a".into(),
            Origin::NOWHERE,
        )),
        origin: origin(0, 14),
    };
    let inventory = Inventory {
        service_accounts: vec![account],
        ..Inventory::default()
    };
    let commit = Some("4f1c2aa".into());
    let promises = Promises::default();
    Snapshot::new(
        "2026-11-20T00:00:00Z",
        commit,
        inventory,
        promises,
        &sources,
    )
}

fn tree() -> Value {
    serde_json::to_value(snapshot()).unwrap()
}

fn refusal(tree: &Value) -> String {
    let error = Snapshot::read(tree.to_string().as_bytes()).unwrap_err();
    assert!(!error.help().is_empty());
    error.to_string()
}

#[test]
fn a_snapshot_comes_back_as_it_was() {
    let written = snapshot().to_json().unwrap();
    let read = Snapshot::read(written.as_bytes()).unwrap();
    assert_eq!(format!("{:?}", snapshot()), format!("{read:?}"));
    assert_eq!(written, read.to_json().unwrap());
    assert!(
        !read.inventory.service_accounts[0]
            .irsa
            .as_ref()
            .unwrap()
            .origin
            .is_somewhere()
    );
}

#[test]
fn a_place_keeps_its_line_and_no_text_is_kept() {
    let read = Snapshot::read(snapshot().to_json().unwrap().as_bytes()).unwrap();
    assert!(!read.to_json().unwrap().contains("SECRET"));
    assert_eq!(
        read.place(origin(0, 14)).unwrap().to_string(),
        "k8s/app.yaml:2"
    );
    assert_eq!(
        read.place(origin(1, 4)).unwrap().to_string(),
        "plan.json: aws_iam_role.app"
    );
    assert!(read.place(Origin::NOWHERE).is_none());
    let position = read.sources.position(origin(0, 14)).unwrap();
    assert_eq!((position.line, position.column), (2, 4));
    assert!(!read.sources.is_shown(SourceId(0)));
    assert_eq!(
        read.sources
            .get(SourceId(0))
            .unwrap()
            .slice(Span::new(0, 3)),
        ""
    );
}

#[test]
fn another_schema_is_reported_before_anything_else() {
    let other = json!({ "later": 1, "schema": "ascp-policy/snapshot/v1" });
    assert_eq!(
        refusal(&other),
        "the snapshot has the schema `ascp-policy/snapshot/v1`, and this program reads `ascp-policy/snapshot/v2`"
    );
    let long = json!({ "schema": "x".repeat(1000) });
    assert!(refusal(&long).len() < 200);
}

#[test]
fn what_is_not_a_snapshot_is_refused() {
    for text in ["", "{", "[]", "null", "{\"schema\": 1}", "\u{feff}"] {
        assert!(Snapshot::read(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Snapshot::read(&[0xff; 9]).is_err());
    let large = vec![b' '; MAX_BYTES + 1];
    let result = Snapshot::read(&large);
    assert!(matches!(result, Err(ReadError::TooLarge)));
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_compressed_snapshot_is_read_as_far_as_anybody_reads() {
    let written = snapshot().to_json().unwrap();
    let read = Snapshot::read(&compressed(written.as_bytes())).unwrap();
    assert_eq!(written, read.to_json().unwrap());
    let bomb = compressed(&vec![b' '; 20 * MAX_BYTES]);
    assert!(bomb.len() < MAX_BYTES);
    assert!(matches!(Snapshot::read(&bomb), Err(ReadError::TooLarge)));
    let cut = compressed(written.as_bytes());
    let result = Snapshot::read(&cut[..cut.len() / 2]);
    assert!(matches!(result, Err(ReadError::Gzip(_))));
}

#[test]
fn a_member_that_nobody_knows_is_refused() {
    let mut top = tree();
    top["given"] = json!([]);
    assert!(refusal(&top).contains("unknown field `given`"));
    let mut fact = tree();
    fact["inventory"]["serviceAccounts"][0]["value"] = json!("x");
    assert!(refusal(&fact).contains("unknown field `value`"));
}

#[test]
fn places_that_no_file_has_are_refused() {
    let beyond = "beyond the largest file";
    let mut account = tree();
    account["inventory"]["serviceAccounts"][0]["origin"] = json!([0, 9, u32::MAX]);
    assert!(refusal(&account).contains(beyond));
    let mut line = tree();
    line["sources"][0]["lines"] = json!([u32::MAX, 1]);
    assert!(refusal(&line).contains(beyond));
    let mut part = tree();
    part["sources"][1]["parts"] = json!([["x", u32::MAX, 1]]);
    assert!(refusal(&part).contains(beyond));
}

#[test]
fn units_nest_only_so_deep() {
    let unit = |units: Value| json!({ "id": "ou", "fullAccess": true, "origin": [0, 0, 0], "units": units });
    let mut deep = tree();
    let root = (0..200).fold(unit(json!([])), |below, _| unit(json!([below])));
    deep["inventory"]["organization"] = json!({ "id": "o-1", "root": root });
    assert!(refusal(&deep).contains("recursion limit"));
}

#[test]
fn mounts_are_counted_before_they_are_made() {
    let workload = |number: usize| Workload {
        cluster: "prod".into(),
        namespace: "dev".into(),
        kind: "Deployment".into(),
        name: number.to_string(),
        service_account: Spanned::new("app".into(), origin(0, 0)),
        classes: vec![Spanned::new("a".into(), origin(0, 0)); 200],
        volumes: Vec::new(),
        run_as: crate::inventory::RunAs::default(),
        fs_group: None,
        groups: Vec::new(),
        origin: origin(0, 0),
    };
    let mut many = snapshot();
    many.inventory.workloads = (0..=MAX_MOUNTS / 200).map(workload).collect();
    let result = Snapshot::read(many.to_json().unwrap().as_bytes());
    assert!(
        matches!(result, Err(ReadError::TooManyMounts)),
        "{result:?}"
    );
}
