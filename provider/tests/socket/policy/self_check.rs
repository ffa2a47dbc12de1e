//! The self-check: logged, counted, served at `/policy`, and by the flag.

use super::{CANARY, CHECKED, Scene, good, text, wrong_tag};
use crate::process::get;
use expect_test::expect;
use serde_json::{Value, json};
use std::{fs, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn the_self_check_is_logged_counted_and_served() {
    let scene = Scene::start(&text(&wrong_tag()), &["--policy=warn"]).await;
    scene.logged(CHECKED, 1).await;
    let log = scene.provider.log();
    let line = |message: &str| {
        let line = log.lines().find(|line| line.contains(message)).unwrap();
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("timestamp");
        if line.get("took").is_some() {
            line["took"] = json!("…");
        }
        format!("{line}\n")
    };
    expect![[r#"
        {"built":"2026-11-20T10:00:00Z","cluster":"prod","commit":"4f1c2aa","level":"INFO","message":"policy snapshot loaded","objects":2,"pods":2}
        {"found":"development","key":"secretsmanager:ResourceTag/kubernetes-namespace","level":"WARN","message":"promise broken","object":"shop:dev/db","place":"aws/account-authorization-details.json:42","pod":"prod:dev/app","promised":"can","stage":"identity","wanted":"dev"}
        {"broken":1,"critical":0,"held":1,"high":1,"level":"INFO","message":"self-check done","promises":2,"took":"…","undecided":0}
    "#]]
        .assert_eq(&(line("policy snapshot loaded") + &line("promise broken") + &line(CHECKED)));
    scene.denies();
    scene.mount("dev", "dev/db").await.unwrap_err();
    scene.mount("qa", "qa/db").await.unwrap_err();
    scene.aws(json!({"text": CANARY}));
    scene.mount("dev", "dev/db").await.unwrap();
    scene.mount("qa", "qa/db").await.unwrap();
    scene.mount("dev", "nobody/knows").await.unwrap();
    expect![[r#"
        disagreements_total{aws="allowed"} 2
        disagreements_total{aws="refused"} 1
        findings{severity="high"} 1
        mounts_total{mode="warn",verdict="allow"} 2
        mounts_total{mode="warn",verdict="refuse"} 3
        promises{result="broken"} 1
        promises{result="held"} 1
        snapshot_built_timestamp_seconds 1795168800
        snapshot_loaded 1
        snapshot_reads_total{outcome="loaded"} 1
    "#]]
    .assert_eq(&scene.metrics().await);
    let status = get(scene.admin, "/policy").await;
    assert!(
        status.contains("content-type: application/json"),
        "{status}"
    );
    assert!(!status.contains("canary"));
    let (_, body) = status.split_once("\r\n\r\n").unwrap();
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["selfCheck"]["tookMs"] = json!(0);
    expect![[r#"
        {
          "mode": "warn",
          "problem": null,
          "ready": true,
          "schema": "ascp-policy/provider-policy/v1",
          "selfCheck": {
            "audiences": {
              "missing": [],
              "source": "snapshot"
            },
            "findings": {
              "bySeverity": {
                "critical": 0,
                "high": 1,
                "info": 0,
                "low": 0,
                "medium": 0
              },
              "list": [
                {
                  "code": "SCT106",
                  "message": "prod:dev/app cannot read `shop:dev/db`: its tag `kubernetes-namespace` is `development`, and the policy requires `dev`",
                  "name": "secret-tagged-for-other-tenant",
                  "object": "shop:dev/db",
                  "place": "aws/secret.dev-db.json:10",
                  "severity": "high"
                }
              ]
            },
            "promises": {
              "broken": 1,
              "held": 1,
              "implied": true,
              "list": [
                {
                  "ask": "rotate",
                  "decision": "refuse",
                  "found": [
                    "development"
                  ],
                  "held": false,
                  "key": "secretsmanager:ResourceTag/kubernetes-namespace",
                  "object": "shop:dev/db",
                  "place": "aws/account-authorization-details.json:42",
                  "pod": "prod:dev/app",
                  "promised": "can",
                  "stage": "identity",
                  "wanted": [
                    "dev"
                  ]
                }
              ],
              "undecided": 0
            },
            "tookMs": 0
          },
          "snapshot": {
            "built": "2026-11-20T10:00:00Z",
            "cluster": "prod",
            "commit": "4f1c2aa",
            "objects": 2,
            "pods": 2,
            "problem": null
          }
        }"#]].assert_eq(&serde_json::to_string_pretty(&body).unwrap());
    assert!(scene.ready().await);
}

#[test]
fn the_flag_self_check_prints_the_result_and_sets_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    let undecided = text(&good()).replace(
        "secretsmanager:ResourceTag/kubernetes-namespace",
        "aws:SourceIp",
    );
    let rows: [(Option<String>, i32, &str); 5] = [
        (Some(text(&good())), 0, CHECKED),
        (Some(text(&wrong_tag())), 1, "promise broken"),
        (Some(undecided), 3, CHECKED),
        (Some("{".to_owned()), 2, "policy snapshot not loaded"),
        (None, 2, "--self-check requires --policy-snapshot FILE"),
    ];
    for (snapshot, code, message) in rows {
        let mut command = Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"));
        command.args(["--self-check", "--policy-cluster=prod"]);
        if let Some(snapshot) = &snapshot {
            fs::write(&file, snapshot).unwrap();
            command.arg(format!("--policy-snapshot={}", file.display()));
        }
        command.env_remove("KUBECONFIG").env("HOME", folder.path());
        let output = command.output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{log}");
        assert!(log.contains(message), "{message}: {log}");
        let status: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(status["schema"], "ascp-policy/provider-policy/v1");
        let broken = &status["selfCheck"]["promises"]["broken"];
        assert_eq!(
            broken.as_u64(),
            (code != 2).then_some(u64::from(code == 1)),
            "{status}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn audiences_of_the_api_override_those_of_the_snapshot() {
    let mut snapshot = good();
    let audiences = snapshot.inventory.clusters[0].audiences.as_mut().unwrap();
    audiences.value = vec!["sts.amazonaws.com".to_owned()];
    let scene = Scene::start(&text(&snapshot), &[]).await;
    scene.logged(CHECKED, 1).await;
    scene.logged("token audience missing", 1).await;
    let driver = json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver",
        "metadata": {"name": "secrets-store.csi.k8s.io"},
        "spec": {"tokenRequests": [{"audience": "pods.eks.amazonaws.com"}, {"audience": "sts.amazonaws.com"}]},
    });
    let path = "/apis/storage.k8s.io/v1/csidrivers/secrets-store.csi.k8s.io".to_owned();
    scene
        .stand_in
        .world
        .kubernetes
        .lock()
        .unwrap()
        .insert(path, driver);
    scene.swap(&text(&snapshot));
    scene.logged(CHECKED, 2).await;
    assert_eq!(
        scene
            .provider
            .log()
            .matches("token audience missing")
            .count(),
        1
    );
}
