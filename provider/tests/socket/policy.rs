//! The policy snapshot: what users see in each mode, what is asked of AWS, and what happens to snapshots that are bad or change.

use super::{
    driver::{attributes, connect, mount, request, secrets},
    moto::Moto,
    process::{Provider, get, kubeconfig_text},
    stand_in::StandIn,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use expect_test::{Expect, expect};
use policy_engine::{
    inventory::{AccountId, Attribute, KeyRef, Listed, Parameter, Region, Tags},
    snapshot::Snapshot,
    source::{Origin, Spanned},
    text::{Hole, Text},
};
use provider::generated::{MountRequest, MountResponse};
use serde_json::{Value, json};
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tonic::Status;

const LONG: Duration = Duration::from_mins(1);
const CANARY: &str = "canary-value-77aa";
const CHECKED: &str = "self-check done";
const DENIED: &str = "User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action";

/// The blog's scenario as it works.
fn good() -> Snapshot {
    fixture("blog-single-account")
}

/// The same, with a tag of `dev/db` that is wrong.
fn wrong_tag() -> Snapshot {
    fixture("broken-wrong-tag-value")
}

fn fixture(world: &str) -> Snapshot {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/snapshots");
    let text = fs::read(root.join(format!("{world}.json"))).unwrap();
    Snapshot::read(&text).unwrap()
}

fn text(snapshot: &Snapshot) -> String {
    snapshot.to_json().unwrap()
}

/// A snapshot, namespace, secret and changed attributes, and the event.
type Row<'a> = (
    &'a Snapshot,
    &'a str,
    &'a str,
    &'a [(&'a str, Value)],
    Expect,
);

/// A provider with a snapshot, and what stands in for AWS.
struct Scene {
    stand_in: StandIn,
    provider: Provider,
    admin: SocketAddr,
}

impl Scene {
    /// With a snapshot of this text, mounted as a ConfigMap is.
    async fn start(snapshot: &str, flags: &[&str]) -> Self {
        Self::start_at(snapshot, flags, &[]).await
    }

    async fn start_at(snapshot: &str, flags: &[&str], env: &[(&str, &str)]) -> Self {
        let stand_in = StandIn::start().await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let admin = listener.local_addr().unwrap();
        drop(listener);
        let directory = tempfile::tempdir().unwrap();
        swap(directory.path(), snapshot);
        let file = directory.path().join("..data/snapshot.json");
        let own = [
            format!("--policy-snapshot={}", file.display()),
            format!("--admin-addr={admin}"),
        ];
        let all = own.iter().map(String::as_str).chain(flags.iter().copied());
        let all: Vec<_> = all.collect();
        let provider = Provider::start_in(directory, &stand_in.url, &all, env).await;
        Self {
            stand_in,
            provider,
            admin,
        }
    }

    /// What AWS answers to every read of a secret from now on.
    fn aws(&self, answer: Value) {
        let mut answers = self.stand_in.world.aws.lock().unwrap();
        answers.insert("GetSecretValue".to_owned(), answer);
    }

    fn denies(&self) {
        self.aws(json!({"error": "AccessDeniedException", "message": DENIED}));
    }

    /// A request of service account `app` in us-east-1, with changes to the attributes.
    fn message(&self, namespace: &str, secret: &str, changes: &[(&str, Value)]) -> MountRequest {
        let mut attributes = attributes(&secrets([secret.to_owned()]));
        attributes["region"] = json!("us-east-1");
        attributes["csi.storage.k8s.io/pod.namespace"] = json!(namespace);
        for (key, value) in changes {
            attributes[*key] = value.clone();
        }
        request(&attributes, &self.provider.target("m"))
    }

    /// The calls of AWS and the agent.
    fn calls(&self) -> Vec<String> {
        let mut calls = self.stand_in.calls();
        calls.retain(|call| !call.contains("csidrivers"));
        calls
    }

    async fn send(&self, message: MountRequest) -> Result<MountResponse, Status> {
        let mut client = connect(self.provider.socket()).await;
        mount(&mut client, message, LONG).await
    }

    async fn mount(&self, namespace: &str, secret: &str) -> Result<MountResponse, Status> {
        self.send(self.message(namespace, secret, &[])).await
    }

    /// Waits until the log says something so often.
    async fn logged(&self, text: &str, times: usize) {
        let start = Instant::now();
        while self.provider.log().matches(text).count() < times {
            assert!(start.elapsed() < LONG, "{text}: {}", self.provider.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The messages of warnings and errors about the policy.
    fn warnings(&self) -> String {
        let log = self.provider.log();
        let lines = log.lines().filter(|line| !line.contains("\"INFO\""));
        let messages = lines.map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let fields = line.as_object_mut().unwrap();
            for field in ["timestamp", "level", "target_path", "milliseconds", "file"] {
                fields.remove(field);
            }
            format!("{line}\n")
        });
        messages.collect()
    }

    /// The metrics of the policy that are not nothing.
    async fn metrics(&self) -> String {
        let text = get(self.admin, "/metrics").await;
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("secrets_provider_policy_"));
        let mut lines: Vec<_> = lines.filter(|line| !line.ends_with(" 0")).collect();
        lines.sort_unstable();
        lines.into_iter().map(|line| format!("{line}\n")).collect()
    }

    async fn ready(&self) -> bool {
        let directory = self.provider.directory.path().display();
        let answer = Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"))
            .args([&format!("--provider-volume={directory}"), "--ready-check"])
            .output()
            .unwrap();
        let http = get(self.admin, "/readyz").await.contains("200 OK");
        assert_eq!(answer.status.success(), http, "{answer:?}");
        http
    }

    fn swap(&self, snapshot: &str) {
        swap(self.provider.directory.path(), snapshot);
    }
}

/// Replaces the snapshot as kubelet does for a ConfigMap: by a link to another directory.
fn swap(directory: &Path, snapshot: &str) {
    let fresh: PathBuf = directory.join(format!("..{:016x}", fastrand::u64(..)));
    fs::create_dir(&fresh).unwrap();
    fs::write(fresh.join("snapshot.json"), snapshot).unwrap();
    let link = directory.join("..data_tmp");
    symlink(&fresh, &link).unwrap();
    fs::rename(&link, directory.join("..data")).unwrap();
}

/// The event as `kubectl describe pod` shows it.
fn event(answer: Result<MountResponse, Status>) -> String {
    match answer {
        Ok(answer) => format!("mounted {} file", answer.object_version.len()),
        Err(error) => format!("code = {:?} desc = {}", error.code(), error.message()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_tag_is_told_in_the_words_of_each_mode() {
    let asked = [
        "agent canary-pod-identity-token",
        "us-east-1 GetSecretValue dev/db",
    ];
    let rows: [(&str, Expect, Expect, Expect, &[&str]); 4] = [
        (
            "off",
            expect![
                "code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: grant secretsmanager:GetSecretValue on dev/db in us-east-1 to the pod's role; `ascp-policy check` names the line"
            ],
            expect!["mounted 1 file"],
            expect![[r#"
            {"code":"PERMISSION_DENIED","message":"mount failed: Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: grant secretsmanager:GetSecretValue on dev/db in us-east-1 to the pod's role; `ascp-policy check` names the line"}
        "#]],
            &asked,
        ),
        (
            "explain",
            expect![[
                r#"code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42)"#
            ]],
            expect!["mounted 1 file"],
            expect![[r#"
                {"found":"development","key":"secretsmanager:ResourceTag/kubernetes-namespace","message":"promise broken","object":"shop:dev/db","place":"aws/account-authorization-details.json:42","pod":"prod:dev/app","promised":"can","stage":"identity","wanted":"dev"}
                {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: it is tagged `kubernetes-namespace` = `development`, and the policy wants `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
                {"code":"PERMISSION_DENIED","message":"mount failed: Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42)"}
            "#]],
            &asked,
        ),
        (
            "warn",
            expect![[
                r#"code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42)"#
            ]],
            expect!["mounted 1 file"],
            expect![[r#"
            {"found":"development","key":"secretsmanager:ResourceTag/kubernetes-namespace","message":"promise broken","object":"shop:dev/db","place":"aws/account-authorization-details.json:42","pod":"prod:dev/app","promised":"can","stage":"identity","wanted":"dev"}
            {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: it is tagged `kubernetes-namespace` = `development`, and the policy wants `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
            {"code":"PERMISSION_DENIED","message":"mount failed: Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42)"}
            {"cause":"identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42)","message":"AWS allowed what the policy snapshot refuses","namespace":"dev","object":"dev/db","service_account":"app"}
        "#]],
            &asked,
        ),
        (
            "strict",
            expect![[
                r#"code = PermissionDenied desc = refused by --policy=strict before AWS was asked: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
            expect![[
                r#"code = PermissionDenied desc = refused by --policy=strict before AWS was asked: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
            expect![[r#"
            {"found":"development","key":"secretsmanager:ResourceTag/kubernetes-namespace","message":"promise broken","object":"shop:dev/db","place":"aws/account-authorization-details.json:42","pod":"prod:dev/app","promised":"can","stage":"identity","wanted":"dev"}
            {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: it is tagged `kubernetes-namespace` = `development`, and the policy wants `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
            {"code":"PERMISSION_DENIED","message":"mount failed: refused by --policy=strict before AWS was asked: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"}
            {"code":"PERMISSION_DENIED","message":"mount failed: refused by --policy=strict before AWS was asked: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"}
        "#]],
            &[],
        ),
    ];
    for (mode, refused, allowed, warnings, calls) in rows {
        let scene = Scene::start(&text(&wrong_tag()), &[&format!("--policy={mode}")]).await;
        if mode != "off" {
            scene.logged(CHECKED, 1).await;
        }
        scene.denies();
        refused.assert_eq(&event(scene.mount("dev", "dev/db").await));
        assert_eq!(scene.calls(), calls, "{mode}");
        scene.aws(json!({"text": CANARY}));
        allowed.assert_eq(&event(scene.mount("dev", "dev/db").await));
        warnings.assert_eq(&scene.warnings());
        assert!(!scene.provider.log().contains("canary"));
        // The other namespace's secret has the right tag.
        assert!(scene.mount("qa", "qa/db").await.is_ok(), "{mode}");
    }
}

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
                  "message": "prod:dev/app cannot read `shop:dev/db`: it is tagged `kubernetes-namespace` = `development`, and the policy wants `dev`",
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
fn the_self_check_can_be_run_by_hand() {
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
        (None, 2, "--self-check needs --policy-snapshot FILE"),
    ];
    for (snapshot, code, said) in rows {
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
        assert!(log.contains(said), "{said}: {log}");
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
async fn strict_serves_what_the_snapshot_allows_and_nothing_else() {
    let mut open = good();
    open.inventory.closed.all = false;
    let rows: [Row<'_>; 10] = [
        (&good(), "dev", "dev/db", &[], expect!["mounted 1 file"]),
        (
            &good(),
            "dev",
            "qa/db",
            &[],
            expect![[
                r#"code = PermissionDenied desc = refused by --policy=strict before AWS was asked: qa/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "qa" (aws/account-authorization-details.json:42) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: dev/db: the policy snapshot cannot decide it: it does not know resource policy of shop:dev/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "qa/db",
            &[],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: qa/db: the policy snapshot cannot decide it: it does not know resource policy of shop:qa/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "nobody/knows",
            &[],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: nobody/knows: the policy snapshot cannot decide it: it does not know secret nobody/knows in us-east-1 hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
        (
            &open,
            "new",
            "dev/db",
            &[],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: dev/db: the policy snapshot cannot decide it: it does not know association of prod:new/app hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
        (
            &good(),
            "dev",
            "nobody/knows",
            &[],
            expect![
                "code = PermissionDenied desc = refused by --policy=strict before AWS was asked: nobody/knows: prod:dev/app mounts `nobody/knows`, and there is no such secret in us-east-1 hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
            ],
        ),
        (
            &good(),
            "new",
            "dev/db",
            &[],
            expect![
                "code = PermissionDenied desc = refused by --policy=strict before AWS was asked: dev/db: prod:new/app cannot read `shop:dev/db`: it has no association hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
            ],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[("region", json!("eu-west-1"))],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: dev/db: the policy snapshot cannot decide it: it does not know secret dev/db in eu-west-1 hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[("failoverRegion", json!("eu-west-1"))],
            expect![
                "code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: dev/db: the policy snapshot cannot decide it: it does not know secret dev/db in eu-west-1, resource policy of shop:dev/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"
            ],
        ),
    ];
    for (snapshot, namespace, secret, changes, wanted) in rows {
        let scene = Scene::start(&text(snapshot), &["--policy=strict"]).await;
        scene.logged(CHECKED, 1).await;
        let answer = scene.send(scene.message(namespace, secret, changes)).await;
        let calls = scene.calls();
        assert_eq!(answer.is_ok(), !calls.is_empty(), "{calls:?}");
        wanted.assert_eq(&event(answer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_is_ready_only_with_a_snapshot_whose_promises_hold() {
    let scene = Scene::start(&text(&wrong_tag()), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    assert!(!scene.ready().await);
    // The mend arrives while the process runs.
    scene.swap(&text(&good()));
    scene.logged(CHECKED, 2).await;
    scene.logged("\"readiness\",\"ready\":true", 1).await;
    assert!(scene.ready().await);
    scene.mount("dev", "dev/db").await.unwrap();
    // What cannot be read changes nothing.
    scene.swap("{");
    scene.logged("the snapshot before it stays in use", 1).await;
    assert!(scene.ready().await);
    scene.mount("dev", "dev/db").await.unwrap();
    scene.swap(&text(&wrong_tag()));
    scene.logged(CHECKED, 3).await;
    scene.logged("\"readiness\",\"ready\":false", 1).await;
    scene.mount("dev", "dev/db").await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_without_quotes_is_taken_as_it_is_written() {
    let mut snapshot = good();
    let class = snapshot.inventory.classes.iter_mut();
    let object = class
        .flat_map(|class| &mut class.objects)
        .find(|object| object.name.value == "dev/db")
        .unwrap();
    let written = |text: &str| Spanned::new(text.to_owned(), object.name.origin);
    object.permission = Some(written("0400"));
    object.unquoted = vec![written("filePermission")];
    let scene = Scene::start(&text(&snapshot), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    assert!(scene.ready().await);
    let objects = "[{objectName: dev/db, objectType: secretsmanager, filePermission: 0400}]";
    let own = [("objects", json!(objects))];
    scene
        .send(scene.message("dev", "dev/db", &own))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_pods_own_tags_is_decided_with_the_mount() {
    // One pod of the service account, by its name: the snapshot alone cannot tell which pod asks.
    let snapshot = text(&good())
        .replace(
            "secretsmanager:ResourceTag/kubernetes-namespace",
            "aws:PrincipalTag/kubernetes-pod-name",
        )
        .replace("${aws:PrincipalTag/kubernetes-namespace}", "app-1");
    let scene = Scene::start(&snapshot, &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    scene.mount("dev", "dev/db").await.unwrap();
    let other = [("csi.storage.k8s.io/pod.name", json!("app-2"))];
    let answer = scene.send(scene.message("dev", "dev/db", &other)).await;
    let told = answer.unwrap_err().message().to_owned();
    assert!(
        told.contains(r#"asks for aws:PrincipalTag/kubernetes-pod-name "app-1" and the request carries "app-2""#),
        "{told}"
    );
    // Without a name nobody can say.
    let none = [("csi.storage.k8s.io/pod.name", json!(""))];
    let answer = scene.send(scene.message("dev", "dev/db", &none)).await;
    assert!(answer.unwrap_err().message().contains("name of the pod"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_cannot_be_used_stops_nothing_but_strict() {
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
            {"message":"policy snapshot not loaded: the snapshot cannot be read: EOF while parsing a value at line 1 column 0; write it again with `ascp-policy snapshot`; no mount is served without one"}
            {"code":"FAILED_PRECONDITION","message":"mount failed: refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"}

            code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"#]],
        ),
        (
            text(&good()).chars().take(2000).collect(),
            "damaged",
            expect![[r#"
            {"message":"policy snapshot not loaded: the snapshot cannot be read: EOF while parsing a list at line 1 column 2000; write it again with `ascp-policy snapshot`; no mount is served without one"}
            {"code":"FAILED_PRECONDITION","message":"mount failed: refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"}

            code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"#]],
        ),
        (
            with("schema", json!("ascp-policy/snapshot/v9")),
            "other_schema",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot has the schema `ascp-policy/snapshot/v9`, and this program reads `ascp-policy/snapshot/v2`; write it with the `ascp-policy` of the same release as this program; no mount is served without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"}

                code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"#]],
        ),
        (
            with("later", json!(1)),
            "damaged",
            expect![[r#"
            {"message":"policy snapshot not loaded: the snapshot cannot be read: unknown field `later`, expected one of `schema`, `built`, `commit`, `inventory`, `promises`, `sources` at line 1 column 6442; write it again with `ascp-policy snapshot`; no mount is served without one"}
            {"code":"FAILED_PRECONDITION","message":"mount failed: refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"}

            code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"#]],
        ),
        (
            format!("{}{}", text(&good()), " ".repeat(9 << 20)),
            "too_large",
            expect![[r#"
                {"message":"policy snapshot not loaded: the snapshot has more than the 8388608 bytes that are read; write a snapshot of one cluster: `ascp-policy snapshot --cluster NAME`; no mount is served without one"}
                {"code":"FAILED_PRECONDITION","message":"mount failed: refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"}

                code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked hint: mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"#]],
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
                let said = format!("{}\n{}", scene.warnings(), event(answer));
                wanted.assert_eq(&said);
            }
            // It is looked at again.
            scene.swap(&text(&good()));
            scene.logged(CHECKED, 1).await;
            scene.mount("dev", "dev/db").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_clusters_the_flag_or_the_issuer_names_the_one() {
    let mut snapshot = good();
    let mut other = snapshot.inventory.clusters[0].clone();
    other.arn = other.arn.replace("cluster/prod", "cluster/test");
    other.name = "test".to_owned();
    other.issuer = Attribute::Known("oidc.test".to_owned());
    let own = snapshot.inventory.clusters[0]
        .issuer
        .known()
        .cloned()
        .unwrap();
    snapshot.inventory.clusters.push(other);
    let token = |issuer: &str| {
        let claims = URL_SAFE_NO_PAD.encode(json!({"iss": issuer, "sub": "x"}).to_string());
        json!({"pods.eks.amazonaws.com": {"token": format!("canary.{claims}.x")}}).to_string()
    };
    let silent = json!({"pods.eks.amazonaws.com": {"token": "canary"}}).to_string();
    let tokens = "csi.storage.k8s.io/serviceAccount.tokens";
    for (flag, token, works) in [
        ("--policy-cluster=prod", silent.clone(), true),
        (
            "--policy-cluster=arn:aws:eks:us-east-1:111122223333:cluster/prod",
            silent.clone(),
            true,
        ),
        ("--policy-cluster=test", silent.clone(), false),
        (
            "--policy-cluster=nowhere",
            token(&format!("https://{own}")),
            false,
        ),
        ("--log-level=info", token(&format!("https://{own}")), true),
        ("--log-level=info", token("https://oidc.test"), false),
        ("--log-level=info", token("https://elsewhere"), false),
        ("--log-level=info", silent.clone(), false),
    ] {
        let scene = Scene::start(&text(&snapshot), &["--policy=strict", flag]).await;
        scene.logged(CHECKED, 1).await;
        let message = scene.message("dev", "dev/db", &[(tokens, json!(token))]);
        let answer = scene.send(message).await;
        assert_eq!(answer.is_ok(), works, "{flag} {token}: {answer:?}");
        assert!(!scene.provider.log().contains("canary"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_snapshot_does_not_know_is_undecided() {
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let mut snapshot = good();
    snapshot.inventory.service_accounts[0].irsa = Some(Spanned::new(role("app"), Origin::NOWHERE));
    let scene = Scene::start(&text(&snapshot), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    let account = json!({"metadata": {"name": "app", "annotations": {"eks.amazonaws.com/role-arn": role("other")}}});
    let path = "/api/v1/namespaces/dev/serviceaccounts/app".to_owned();
    scene
        .stand_in
        .world
        .kubernetes
        .lock()
        .unwrap()
        .insert(path, account);
    let message = scene.message("dev", "dev/db", &[("usePodIdentity", json!("false"))]);
    expect!["code = FailedPrecondition desc = refused by --policy=strict before AWS was asked: dev/db: the policy snapshot cannot decide it: the service account has the role arn:aws:iam::111122223333:role/other, and it knows arn:aws:iam::111122223333:role/app hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with what it lacks, or set --policy=warn"].assert_eq(&event(scene.send(message).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_wrote_into_tags_and_names_cannot_steer_or_flood_an_event() {
    let mut snapshot = wrong_tag();
    let hostile = format!(
        "QA\n\u{1b}[2J\u{202e}\" (trusted.tf:1) hint: {}",
        "é".repeat(100_000)
    );
    for secret in &mut snapshot.inventory.secrets {
        for tag in &mut secret.tags.list {
            tag.value.value = Text::from(hostile.as_str());
        }
    }
    let scene = Scene::start(&text(&snapshot), &[]).await;
    scene.logged(CHECKED, 1).await;
    scene.denies();
    let said = event(scene.mount("dev", "dev/db").await);
    expect![[r#"code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "QA\n\u{1b}[2J\u{202e}\" (trusted.tf:1) hint: éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…" (aws/account-authorization-details.json:42)"#]].assert_eq(&said);
    let flawed = |text: &str| {
        text.chars()
            .any(|one| one.is_control() || one == '\u{202e}')
    };
    assert!(said.len() < 2048 && !flawed(&said), "{said}");
    let log = scene.provider.log();
    assert!(log.lines().all(|line| line.len() < 4096 && !flawed(line)));
}

#[tokio::test(flavor = "multi_thread")]
async fn audiences_of_the_api_count_more_than_those_of_the_snapshot() {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_in_a_parameters_name_is_no_part_of_it() {
    let mut snapshot = good();
    snapshot.inventory.parameters.push(Parameter {
        arn: "arn:aws:ssm:us-east-1:111122223333:parameter/app/url".to_owned(),
        name: "/app/url".to_owned(),
        account: AccountId::parse("111122223333").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        secure: Attribute::Known(false),
        advanced: false,
        key: KeyRef::Unknown(Hole::untold()),
        tags: Tags::untold(Origin::NOWHERE),
        shares: Listed::default(),
        origin: Origin::NOWHERE,
    });
    let scene = Scene::start(&text(&snapshot), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    let known = expect![
        "identity policy of pod-reader does not allow ssm:GetParameters (aws/account-authorization-details.json:35) hint: change what the sentence names, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
    ];
    for name in [
        "/app/url",
        "/app/url:3",
        "/app/url:prod",
        "arn:aws:ssm:us-east-1:111122223333:parameter/app/url:3",
    ] {
        let objects = json!([{"objectName": name, "objectType": "ssmparameter"}]).to_string();
        let message = scene.message("dev", "", &[("objects", json!(objects))]);
        let said = event(scene.send(message).await);
        let (_, cause) = said.split_once("/app/url: ").unwrap();
        known.assert_eq(cause);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_without_a_snapshot_serves_nothing_and_says_so() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &["--policy=strict"], &[]).await;
    let target = provider.target("m");
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    let mut client = connect(provider.socket()).await;
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::FailedPrecondition);
    assert!(stand_in.calls().is_empty());
    let log = provider.log();
    assert!(
        log.contains("--policy=strict without --policy-snapshot"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_published_to_a_config_map_that_exists_if_it_can_be_read() {
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
        let told = [answer.stdout, answer.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        let told = told.replace(&format!("{}", file.display()), "snapshot.json");
        (answer.status.success(), told)
    };
    let snapshot = text(&good());
    let mut large = good();
    large.built = "x".repeat(1 << 20);
    let large = text(&large);
    let name = "kube-system/ascp-policy-snapshot";
    for (snapshot, map, works, said) in [
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
            "there is no ConfigMap kube-system/other; create an empty one",
        ),
        (&snapshot, "other", false, "`other` is not NAMESPACE/NAME"),
        (&snapshot, name, true, "wrote"),
    ] {
        let (done, told) = tokio::task::block_in_place(|| publish(snapshot, map));
        assert_eq!(done, works, "{told}");
        assert!(told.contains(said), "{told}");
    }
    let key = "snapshot.json";
    assert_eq!(objects()[path]["data"][key], json!(snapshot));
    assert_eq!(objects()[path]["binaryData"][key], Value::Null);
    // What a ConfigMap does not take is compressed, and the provider reads that.
    let (done, told) = tokio::task::block_in_place(|| publish(&large, name));
    assert!(done, "{told}");
    assert_eq!(objects()[path]["data"][key], Value::Null);
    let packed = objects()[path]["binaryData"][key].clone();
    let packed = STANDARD.decode(packed.as_str().unwrap()).unwrap();
    assert!(packed.len() < 20_000);
    let read = Snapshot::read(&packed).unwrap();
    assert_eq!(text(&read), large);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_mounts_at_once_pass_the_gate() {
    let scene = Scene::start(&text(&good()), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    let client = connect(scene.provider.socket()).await;
    let mut mounts = JoinSet::new();
    for number in 0..200 {
        let (namespace, works) = [("dev", true), ("qa", false)][number % 2];
        let uid = ("csi.storage.k8s.io/pod.uid", json!(format!("uid-{number}")));
        let mut message = scene.message(namespace, "dev/db", &[uid]);
        let target = scene.provider.target(&format!("m{number}"));
        message.target_path = target.to_str().unwrap().to_owned();
        let mut client = client.clone();
        mounts.spawn(async move {
            let answer = mount(&mut client, message, LONG).await;
            assert_eq!(answer.is_ok(), works, "{answer:?}");
            assert_eq!(target.join("dev_db").exists(), works);
        });
    }
    while let Some(done) = mounts.join_next().await {
        done.unwrap();
    }
    let calls = scene.stand_in.calls();
    let read = calls.iter().filter(|call| call.contains("GetSecretValue"));
    assert_eq!(read.count(), 100);
    let metrics = scene.metrics().await;
    for line in [
        "mounts_total{mode=\"strict\",verdict=\"allow\"} 100\n",
        "mounts_total{mode=\"strict\",verdict=\"refuse\"} 100\n",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moto_serves_what_the_gate_lets_through() {
    let moto = Moto::start().await;
    moto.boto(&format!(
        "for name in ['dev/db', 'qa/db']:\n    client('secretsmanager', 'us-east-1').create_secret(Name=name, SecretString='{CANARY}')"
    ));
    let env = [("AWS_ENDPOINT_URL", moto.url.as_str())];
    for (mode, works) in [("strict", false), ("warn", true)] {
        let flag = format!("--policy={mode}");
        let scene = Scene::start_at(&text(&wrong_tag()), &[&flag], &env).await;
        scene.logged(CHECKED, 1).await;
        assert_eq!(scene.mount("dev", "dev/db").await.is_ok(), works, "{mode}");
        scene.mount("qa", "qa/db").await.unwrap();
        let content = fs::read_to_string(scene.provider.target("m").join("qa_db"));
        assert_eq!(content.unwrap(), CANARY);
        assert!(!scene.provider.log().contains("canary"));
    }
}
