//! The part of a mount request in the decision: the name of the pod, the issuer, the role, the objects.

use super::{CHECKED, Scene, event, good, text, wrong_tag};
use crate::process::get;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use expect_test::expect;
use policy_engine::{
    inventory::{AccountId, Attribute, KeyRef, Listed, Parameter, Region, Tags},
    source::{Origin, Spanned},
    text::{Hole, Text},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_without_quotes_applies_as_written() {
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
    // The condition matches one pod of the service account, by its name, which only the mount request contains.
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
    let text = answer.unwrap_err().message().to_owned();
    assert!(
        text.contains(r#"asks for aws:PrincipalTag/kubernetes-pod-name "app-1" and the request carries "app-2""#),
        "{text}"
    );
    // Without a name the decision is unknown.
    let none = [("csi.storage.k8s.io/pod.name", json!(""))];
    let answer = scene.send(scene.message("dev", "dev/db", &none)).await;
    assert!(answer.unwrap_err().message().contains("name of the pod"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flag_or_the_issuer_selects_one_of_several_clusters() {
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
    expect!["code = FailedPrecondition desc = --policy=strict fails this mount without a call to AWS: dev/db: undecided, because the service account has the role arn:aws:iam::111122223333:role/other, and the policy snapshot contains arn:aws:iam::111122223333:role/app hint: renew the policy snapshot, which was built 2026-11-20T10:00:00Z, with the missing fact, or set --policy=warn"].assert_eq(&event(scene.send(message).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_is_not_part_of_the_name_of_a_parameter() {
    let mut snapshot = good();
    snapshot.inventory.parameters.push(Parameter {
        arn: "arn:aws:ssm:us-east-1:111122223333:parameter/app/url".to_owned(),
        name: "/app/url".to_owned(),
        account: AccountId::parse("111122223333").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        secure: Attribute::Known(false),
        advanced: false,
        key: KeyRef::Unknown(Hole::unstated()),
        tags: Tags::unstated(Origin::NOWHERE),
        shares: Listed::default(),
        origin: Origin::NOWHERE,
    });
    let scene = Scene::start(&text(&snapshot), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    let known = expect![
        "identity policy of pod-reader does not allow ssm:GetParameters (aws/account-authorization-details.json:35) hint: repair this cause, and renew the policy snapshot, which was built 2026-11-20T10:00:00Z"
    ];
    for name in [
        "/app/url",
        "/app/url:3",
        "/app/url:prod",
        "arn:aws:ssm:us-east-1:111122223333:parameter/app/url:3",
    ] {
        let objects = json!([{"objectName": name, "objectType": "ssmparameter"}]).to_string();
        let message = scene.message("dev", "", &[("objects", json!(objects))]);
        let shown = event(scene.send(message).await);
        let (_, cause) = shown.split_once("/app/url: ").unwrap();
        known.assert_eq(cause);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_names_of_others_cannot_control_or_flood_an_event() {
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
    snapshot.commit = Some("4f\u{202e}1c".to_owned());
    let scene = Scene::start(&text(&snapshot), &[]).await;
    scene.logged(CHECKED, 1).await;
    scene.denies();
    let shown = event(scene.mount("dev", "dev/db").await);
    expect![[r#"code = PermissionDenied desc = Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: dev/db [us-east-1: GetSecretValue: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action, request id r-1] hint: identity policy of pod-reader asks for tag kubernetes-namespace "dev" and the secret carries "QA\n\u{1b}[2J\u{202e}\" (trusted.tf:1) hint: éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…" (aws/account-authorization-details.json:42)"#]].assert_eq(&shown);
    let flawed = |text: &str| {
        text.chars()
            .any(|character| character.is_control() || character == '\u{202e}')
    };
    assert!(shown.len() < 2048 && !flawed(&shown), "{shown}");
    let log = scene.provider.log();
    assert!(log.lines().all(|line| line.len() < 4096 && !flawed(line)));
    let status = get(scene.admin, "/policy").await;
    let (_, status) = status.split_once("\r\n\r\n").unwrap();
    assert!(status.contains(r"4f\\u{202e}1c"), "{status}");
    assert!(status.lines().all(|line| !flawed(line)), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_references_a_secret_is_decided() {
    let scene = Scene::start(&text(&good()), &["--policy=strict"]).await;
    scene.logged(CHECKED, 1).await;
    for (secret, expected) in [
        ("dev/db", "does not allow ssm:GetParameters"),
        ("dev/none", "the secret does not exist in us-east-1"),
    ] {
        let name = format!("/aws/reference/secretsmanager/{secret}");
        let objects = json!([{"objectName": name, "objectType": "ssmparameter"}]).to_string();
        let message = scene.message("dev", "", &[("objects", json!(objects))]);
        let event = event(scene.send(message).await);
        assert!(event.starts_with("code = PermissionDenied"), "{event}");
        assert!(event.contains(expected), "{event}");
    }
}
