//! The effect of each mode on a mount: the event, the log lines, the calls.

use super::{CANARY, CHECKED, LONG, Scene, event, good, text, wrong_tag};
use crate::{
    driver::{attributes, connect, mount, request, secrets},
    moto::Moto,
    process::Provider,
    stand_in::StandIn,
};
use expect_test::{Expect, expect};
use policy_engine::snapshot::Snapshot;
use serde_json::{Value, json};
use std::fs;
use tokio::task::JoinSet;

/// A snapshot, namespace, secret and changed attributes, and the event.
type Row<'a> = (
    &'a Snapshot,
    &'a str,
    &'a str,
    &'a [(&'a str, Value)],
    Expect,
);

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_reports_a_wrong_tag() {
    let asked = [
        "agent canary-pod-identity-token",
        "us-east-1 GetSecretValue dev/db",
    ];
    let rows: [(&str, Expect, Expect, Expect, &[&str]); 4] = [
        (
            "off",
            expect![
                "code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: allow secretsmanager:GetSecretValue on dev/db in us-east-1 for the pod's role; `ascp-policy check` names the line to change"
            ],
            expect!["mounted 1 file"],
            expect![[r#"
            {"code":"PERMISSION_DENIED","message":"mount failed: Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: allow secretsmanager:GetSecretValue on dev/db in us-east-1 for the pod's role; `ascp-policy check` names the line to change"}
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
                {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: its tag `kubernetes-namespace` is `development`, and the policy requires `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
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
                {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: its tag `kubernetes-namespace` is `development`, and the policy requires `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
                {"code":"PERMISSION_DENIED","message":"mount failed: Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42)"}
                {"cause":"identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42)","message":"AWS allows an access that the policy snapshot does not allow","namespace":"dev","object":"dev/db","service_account":"app"}
            "#]],
            &asked,
        ),
        (
            "strict",
            expect![[
                r#"code = PermissionDenied desc = --policy=strict fails this mount without a call to AWS: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
            expect![[
                r#"code = PermissionDenied desc = --policy=strict fails this mount without a call to AWS: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "development" (aws/account-authorization-details.json:42) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
            expect![[r#"
                {"found":"development","key":"secretsmanager:ResourceTag/kubernetes-namespace","message":"promise broken","object":"shop:dev/db","place":"aws/account-authorization-details.json:42","pod":"prod:dev/app","promised":"can","stage":"identity","wanted":"dev"}
                {"code":"SCT106","message":"finding: prod:dev/app cannot read `shop:dev/db`: its tag `kubernetes-namespace` is `development`, and the policy requires `dev`","object":"shop:dev/db","place":"aws/secret.dev-db.json:10","severity":"high"}
                {"code":"PERMISSION_DENIED","message":"mount failed: --policy=strict fails this mount without a call to AWS: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"}
                {"code":"PERMISSION_DENIED","message":"mount failed: --policy=strict fails this mount without a call to AWS: dev/db: identity policy of pod-reader asks for tag kubernetes-namespace \"dev\" and the secret carries \"development\" (aws/account-authorization-details.json:42) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"}
            "#]],
            &[],
        ),
    ];
    for (mode, denied, allowed, warnings, calls) in rows {
        let scene = Scene::start(&text(&wrong_tag()), &[&format!("--policy={mode}")]).await;
        if mode != "off" {
            scene.logged(CHECKED, 1).await;
        }
        scene.denies();
        denied.assert_eq(&event(scene.mount("dev", "dev/db").await));
        assert_eq!(scene.calls(), calls, "{mode}");
        scene.aws(json!({"text": CANARY}));
        allowed.assert_eq(&event(scene.mount("dev", "dev/db").await));
        warnings.assert_eq(&scene.warnings());
        assert!(!scene.provider.log().contains("canary"));
        // The secret of the other namespace has the right tag.
        assert!(scene.mount("qa", "qa/db").await.is_ok(), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_serves_only_mounts_that_the_snapshot_allows() {
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
                r#"code = PermissionDenied desc = --policy=strict fails this mount without a call to AWS: qa/db: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "qa" (aws/account-authorization-details.json:42) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"#
            ]],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: dev/db: undecided, because the policy snapshot does not contain resource policy of shop:dev/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "qa/db",
            &[],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: qa/db: undecided, because the policy snapshot does not contain resource policy of shop:qa/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "nobody/knows",
            &[],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: nobody/knows: undecided, because the policy snapshot does not contain secret nobody/knows in us-east-1 hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
            ],
        ),
        (
            &open,
            "new",
            "dev/db",
            &[],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: dev/db: undecided, because the policy snapshot does not contain association of prod:new/app hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
            ],
        ),
        (
            &good(),
            "dev",
            "nobody/knows",
            &[],
            expect![
                "code = PermissionDenied desc = --policy=strict fails this mount without a call to AWS: nobody/knows: prod:dev/app mounts `nobody/knows`, and the secret does not exist in us-east-1 hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
            ],
        ),
        (
            &good(),
            "new",
            "dev/db",
            &[],
            expect![
                "code = PermissionDenied desc = --policy=strict fails this mount without a call to AWS: dev/db: prod:new/app cannot read `shop:dev/db`: its service account has no association hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
            ],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[("region", json!("eu-west-1"))],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: dev/db: undecided, because the policy snapshot does not contain secret dev/db in eu-west-1 hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
            ],
        ),
        (
            &open,
            "dev",
            "dev/db",
            &[("failoverRegion", json!("eu-west-1"))],
            expect![
                "code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: dev/db: undecided, because the policy snapshot does not contain secret dev/db in eu-west-1, resource policy of shop:dev/db hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"
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
    // The repaired snapshot arrives while the process runs.
    scene.swap(&text(&good()));
    scene.logged(CHECKED, 2).await;
    scene.logged("\"readiness\",\"ready\":true", 1).await;
    assert!(scene.ready().await);
    scene.mount("dev", "dev/db").await.unwrap();
    // An unreadable snapshot has no effect.
    scene.swap("{");
    scene.logged("the previous snapshot stays in use", 1).await;
    assert!(scene.ready().await);
    scene.mount("dev", "dev/db").await.unwrap();
    scene.swap(&text(&wrong_tag()));
    scene.logged(CHECKED, 3).await;
    scene.logged("\"readiness\",\"ready\":false", 1).await;
    scene.mount("dev", "dev/db").await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_without_a_snapshot_fails_every_mount_and_logs_it() {
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
        log.contains("--policy=strict requires --policy-snapshot"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_concurrent_mounts_are_evaluated() {
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
async fn moto_serves_the_mounts_that_the_snapshot_allows() {
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
