//! The file of the snapshot: invalid, changed, and published into a ConfigMap.

use super::{CANARY, CHECKED, Scene, event, good, text};
use crate::{process::kubeconfig_text, stand_in::StandIn};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use expect_test::{Expect, expect};
use policy_engine::snapshot::Snapshot;
use serde_json::{Value, json};
use std::{fs, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_snapshot_fails_mounts_only_with_strict() {
    let json: Value = serde_json::from_str(&text(&good())).unwrap();
    let with = |name: &str, value: Value| {
        let mut json = json.clone();
        json[name] = value;
        json.to_string()
    };
    let rows: [(String, &str, Expect); 5] = [
        (
            String::new(),
            "damaged",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot cannot be read: EOF while parsing a value at line 1 column 0; write it again with `ascp-policy snapshot`; every mount fails without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"}

                code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"#]],
        ),
        (
            text(&good()).chars().take(2000).collect(),
            "damaged",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot cannot be read: EOF while parsing a list at line 1 column 2000; write it again with `ascp-policy snapshot`; every mount fails without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"}

                code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"#]],
        ),
        (
            with("schema", json!("ascp-policy/snapshot/v9")),
            "other_schema",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot has the schema `ascp-policy/snapshot/v9`, and this program reads `ascp-policy/snapshot/v2`; write it with the `ascp-policy` of the same release as this program; every mount fails without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"}

                code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"#]],
        ),
        (
            with("later", json!(1)),
            "damaged",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot cannot be read: unknown field `later`, expected one of `schema`, `built`, `commit`, `inventory`, `promises`, `sources` at line 1 column 6442; write it again with `ascp-policy snapshot`; every mount fails without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"}

                code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"#]],
        ),
        (
            format!("{}{}", text(&good()), " ".repeat(9 << 20)),
            "too_large",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot has more than 8388608 bytes; write a snapshot of one cluster: `ascp-policy snapshot --cluster NAME`; every mount fails without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"}

                code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: no policy snapshot is in use hint: provide an output of `ascp-policy snapshot`, or set --policy=warn"#]],
        ),
    ];
    for (snapshot, outcome, wanted) in rows {
        for mode in ["explain", "strict"] {
            let scene = Scene::start(&snapshot, &[&format!("--policy={mode}")]).await;
            scene.logged("policy snapshot not loaded", 1).await;
            let metrics = scene.metrics().await;
            let read = format!("snapshot_reads_total{{outcome=\"{outcome}\"}} 1\n");
            assert!(metrics.contains(&read), "{metrics}");
            scene.aws(json!({"text": CANARY}));
            let answer = scene.mount("dev", "dev/db").await;
            assert_eq!(answer.is_ok(), mode == "explain", "{answer:?}");
            if mode == "strict" {
                assert!(!scene.ready().await);
                assert!(scene.calls().is_empty());
                let shown = format!("{}\n{}", scene.warnings(), event(answer));
                wanted.assert_eq(&shown);
            }
            // The provider reads the file again.
            scene.swap(&text(&good()));
            scene.logged(CHECKED, 1).await;
            scene.mount("dev", "dev/db").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_snapshot_is_published_into_an_existing_config_map() {
    let stand_in = StandIn::start().await;
    let path = "/api/v1/namespaces/kube-system/configmaps/ascp-policy-snapshot";
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ascp-policy-snapshot"}});
    let objects = || stand_in.world.kubernetes.lock().unwrap();
    objects().insert(path.to_owned(), map);
    let directory = tempfile::tempdir().unwrap();
    let kubeconfig = directory.path().join("kubeconfig");
    fs::write(&kubeconfig, kubeconfig_text(&stand_in.url)).unwrap();
    let publish = |snapshot: &str, map: &str| {
        let file = directory.path().join("snapshot.json");
        fs::write(&file, snapshot).unwrap();
        let answer = Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"))
            .arg(format!("--publish-snapshot={}", file.display()))
            .arg(format!("--config-map={map}"))
            .env("KUBECONFIG", &kubeconfig)
            .output()
            .unwrap();
        let output = [answer.stdout, answer.stderr].concat();
        let output = String::from_utf8(output).unwrap();
        let output = output.replace(&format!("{}", file.display()), "snapshot.json");
        (answer.status.success(), output)
    };
    let snapshot = text(&good());
    let mut large = good();
    large.built = "x".repeat(1 << 20);
    let large = text(&large);
    let name = "kube-system/ascp-policy-snapshot";
    for (snapshot, map, works, message) in [
        (
            "{",
            name,
            false,
            "write it again with `ascp-policy snapshot`",
        ),
        (
            &*snapshot,
            "kube-system/other",
            false,
            "the ConfigMap kube-system/other does not exist; create it without data",
        ),
        (
            &snapshot,
            "other",
            false,
            "`other` does not have the form NAMESPACE/NAME",
        ),
        (&snapshot, name, true, "wrote"),
    ] {
        let (done, output) = tokio::task::block_in_place(|| publish(snapshot, map));
        assert_eq!(done, works, "{output}");
        assert!(output.contains(message), "{output}");
    }
    let key = "snapshot.json";
    assert_eq!(objects()[path]["data"][key], json!(snapshot));
    assert_eq!(objects()[path]["binaryData"][key], Value::Null);
    // A snapshot above the limit of a ConfigMap is compressed; the provider reads that form.
    let (done, output) = tokio::task::block_in_place(|| publish(&large, name));
    assert!(done, "{output}");
    assert_eq!(objects()[path]["data"][key], Value::Null);
    let packed = objects()[path]["binaryData"][key].clone();
    let packed = STANDARD.decode(packed.as_str().unwrap()).unwrap();
    assert!(packed.len() < 20_000);
    let read = Snapshot::read(&packed).unwrap();
    assert_eq!(text(&read), large);
}
