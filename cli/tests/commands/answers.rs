//! Small worlds, each with the one answer that AWS's rules give.

use crate::support::{Run, run_in};
use serde_json::Value;
use std::path::Path;

/// One account with one pod, one role and one secret; `{…}` is replaced by the parts of a case.
fn world(parts: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "ascp-policy: 1
{top}
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    {account}
    clusters:
      prod:
        oidc: ABC
        {cluster}
        serviceAccounts: { dev/app: { {pod} } }
    roles:
      r:
        trust: {trust}
        policies:
          p: [{ Effect: Allow, Action: {actions}, Resource: \"*\", Condition: {condition} }]
        {role}
    secrets:
      db: { {secret} }
",
    );
    let defaults = [
        ("top", ""),
        ("account", ""),
        ("cluster", ""),
        ("pod", "association: r"),
        ("trust", "pod-identity"),
        ("actions", "\"secretsmanager:*\""),
        ("condition", "{}"),
        ("role", ""),
        ("secret", ""),
    ];
    for (name, value) in parts.iter().chain(&defaults) {
        text = text.replacen(&format!("{{{name}}}"), value, 1);
    }
    text
}

fn ask(parts: &[(&str, &str)], arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &world(parts));
    run_in(folder.path(), arguments)
}

fn write(folder: &Path, world: &str) {
    std::fs::write(folder.join("ascp-policy.yaml"), world).unwrap();
}

fn simulate(parts: &[(&str, &str)], more: &[&str]) -> (i32, Value) {
    let mut arguments = vec!["simulate", "prod:dev/app", "shop:db", "--output", "json"];
    arguments.extend(more);
    let run = ask(parts, &arguments);
    assert!(run.err.is_empty(), "{}", run.err);
    (run.code, run.json())
}

fn result<'v>(answer: &'v Value, stage: &str) -> &'v str {
    let stages = answer["stages"].as_array().unwrap();
    let entry = stages.iter().find(|entry| entry["stage"] == stage);
    entry.map_or("", |entry| entry["result"].as_str().unwrap())
}

#[test]
fn a_role_that_exists_elsewhere_leaves_the_answer_open() {
    let external = "closed: all\nexternals: { roles: [\"shop:plat*\"] }";
    let pod = "association: \"arn:aws:iam::111122223333:role/platform\"";
    let (code, answer) = simulate(&[("top", external), ("pod", pod)], &[]);
    assert_eq!(
        (code, &answer["decision"]),
        (3, &"unknown".into()),
        "{answer}"
    );
    let (code, answer) = simulate(&[("pod", pod)], &[]);
    assert_eq!(
        (code, &answer["decidedBy"]["stage"]),
        (1, &"trust".into()),
        "{answer}"
    );
}

#[test]
fn where_the_secrets_policy_names_the_role_the_identity_policy_is_not_needed() {
    let parts = [
        (
            "account",
            "policies: { b: [{ Effect: Allow, Action: \"s3:*\", Resource: \"*\" }] }",
        ),
        ("role", "boundary: b"),
        ("actions", "\"s3:*\""),
        (
            "secret",
            "policy: [{ Effect: Allow, Principal: { AWS: arn:aws:iam::111122223333:role/r }, Action: \"secretsmanager:*\", Resource: \"*\" }]",
        ),
    ];
    let (code, answer) = simulate(&parts, &[]);
    assert_eq!(
        (code, &answer["decidedBy"]["stage"]),
        (1, &"boundary".into()),
        "{answer}"
    );
    assert_eq!(result(&answer, "identity"), "not-needed");
}

#[test]
fn whether_an_scp_binds_a_web_identity_is_assumed() {
    let trust = "[{ Effect: Allow, Principal: { Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC }, Action: sts:AssumeRoleWithWebIdentity }]";
    let organization = "organization: { id: o-a1b2c3d4e5, accounts: [shop], scps: { no: [{ Effect: Deny, Action: \"sts:*\", Resource: \"*\" }] } }";
    let parts = [("top", organization), ("pod", "irsa: r"), ("trust", trust)];
    let (code, answer) = simulate(&parts, &[]);
    assert_eq!(
        (code, &answer["assumed"]),
        (0, &serde_json::json!(["U-31"])),
        "{answer}"
    );
    let (code, answer) = simulate(&parts, &["--assume", "U-31=other"]);
    assert_eq!((code, &answer["decision"]), (1, &"deny".into()), "{answer}");
    let (code, answer) = simulate(&parts, &["--uncertain", "report"]);
    assert_eq!(
        (code, &answer["unknown"]),
        (3, &serde_json::json!(["U-31"])),
        "{answer}"
    );
}

/// A secret under a key of its own, whose policy allows root everything and has a statement more.
fn keyed<'a>(account: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut parts = vec![
        ("account", account),
        ("actions", "[\"secretsmanager:*\", \"kms:*\"]"),
    ];
    parts.extend(more);
    parts
}

/// A key policy that denies decryption under a condition.
fn denying(condition: &str) -> String {
    format!(
        "keys: {{ k: {{ policy: [{{ Effect: Allow, Principal: {{ AWS: arn:aws:iam::111122223333:root }}, Action: \"kms:*\", Resource: \"*\" }}, {{ Effect: Deny, Principal: \"*\", Action: kms:Decrypt, Resource: \"*\", Condition: {{ {condition} }} }}] }} }}"
    )
}

#[track_caller]
fn assume_either(parts: &[(&str, &str)], entry: &str, default: &str, other: &str) {
    let (_, answer) = simulate(parts, &[]);
    assert_eq!(answer["decision"], default, "{answer}");
    let assumed = answer["assumed"].as_array().unwrap();
    assert!(assumed.contains(&entry.into()), "{answer}");
    let (_, answer) = simulate(parts, &["--assume", &format!("{entry}=other")]);
    assert_eq!(answer["decision"], other, "{answer}");
}

#[test]
fn the_address_of_a_call_forwarded_from_an_endpoint_is_assumed() {
    let keys = denying("\"Null\": { aws:SourceIp: \"false\" }");
    let account =
        format!("endpoints: {{ sm: {{ id: vpce-1, service: secretsmanager }} }}\n    {keys}");
    let parts = keyed(
        &account,
        &[("cluster", "endpoints: [sm]"), ("secret", "key: k")],
    );
    assume_either(&parts, "U-39", "allow", "deny");
}

#[test]
fn the_encryption_context_of_a_replica_is_assumed() {
    let keys = denying(
        "StringLike: { kms:EncryptionContext:SecretARN: \"arn:aws:secretsmanager:us-east-1:*\" }",
    );
    let secret = "key: k, replicas: { eu-west-1: { key: k } }";
    let parts = keyed(
        &keys,
        &[("cluster", "region: eu-west-1"), ("secret", secret)],
    );
    assume_either(&parts, "U-37", "allow", "deny");
}

#[test]
fn a_batch_asks_for_itself_and_for_the_secret() {
    let batch = ["--ask", "secretsmanager:BatchGetSecretValue"];
    let (code, answer) = simulate(&[], &batch);
    let identity = answer["stages"].as_array().unwrap();
    let identity = identity.iter().find(|stage| stage["stage"] == "identity");
    let asked = &identity.unwrap()["asked"];
    assert!(
        asked.to_string().contains("BatchGetSecretValue")
            && asked.to_string().contains(":GetSecretValue"),
        "{answer}"
    );
    assert_eq!(code, 0);
    // The call itself has no resource, and so no tags: a statement about a tagged secret does not allow it.
    let tagged = [
        ("secret", "tags: { team: a }"),
        ("condition", "{ StringEquals: { aws:ResourceTag/team: a } }"),
    ];
    assert_eq!(simulate(&tagged, &[]).0, 0);
    let (code, answer) = simulate(&tagged, &batch);
    assert_eq!(
        (code, &answer["decidedBy"]["stage"]),
        (1, &"identity".into()),
        "{answer}"
    );
    // Each secret needs GetSecretValue.
    let alone = [("actions", "secretsmanager:BatchGetSecretValue")];
    assert_eq!(simulate(&alone, &batch).0, 1);
}

#[test]
fn the_version_of_a_parameter_is_no_part_of_its_arn() {
    let folder = tempfile::tempdir().unwrap();
    let parts = [
        ("account", "parameters: { /dev/url: {} }"),
        (
            "pod",
            "association: r, mounts: [{ object: /dev/url, version: \"3\" }]",
        ),
        ("actions", "\"ssm:*\""),
    ];
    let exact = "Resource: \"arn:aws:ssm:us-east-1:111122223333:parameter/dev/url\"";
    write(
        folder.path(),
        &world(&parts).replacen("Resource: \"*\"", exact, 1),
    );
    let ask = |more: &[&str]| {
        let arguments = [
            &["simulate", "prod:dev/app", "/dev/url", "--output", "json"],
            more,
        ]
        .concat();
        let run = run_in(folder.path(), &arguments);
        (run.code, run.json())
    };
    let (code, answer) = ask(&[]);
    assert_eq!(
        (code, &answer["assumed"]),
        (0, &serde_json::json!(["U-36"])),
        "{answer}"
    );
    assert_eq!(ask(&["--assume", "U-36=other"]).0, 1);
}

/// The decision and the stage that decided.
fn decided(parts: &[(&str, &str)], more: &[&str]) -> (String, String) {
    let (_, answer) = simulate(parts, more);
    let word = |value: &Value| value.as_str().unwrap_or("").to_owned();
    (
        word(&answer["decision"]),
        word(&answer["decidedBy"]["stage"]),
    )
}

#[track_caller]
fn assert_decided(parts: &[(&str, &str)], more: &[&str], decision: &str, stage: &str) {
    let actual = decided(parts, more);
    assert_eq!(actual, (decision.to_owned(), stage.to_owned()));
}

#[test]
fn a_key_that_refuses_is_reported_although_the_read_is_open() {
    let parts = [
        (
            "account",
            "keys: { k: { policy: [{ Effect: Allow, Principal: { AWS: arn:aws:iam::111122223333:root }, Action: \"kms:*\", Resource: \"*\" }] } }",
        ),
        ("actions", "\"s3:*\""),
        (
            "secret",
            "key: k, policy: [{ Effect: Allow, Principal: \"*\", Action: \"*\", Resource: \"*\", Condition: { DateLessThan: { aws:CurrentTime: \"2030-01-01T00:00:00Z\" } } }]",
        ),
    ];
    assert_decided(&parts, &[], "refuse", "key");
}

#[test]
fn a_call_without_a_resource_is_asked_of_no_resource() {
    let own =
        "[{ Effect: Allow, Action: \"*\", Resource: \"arn:aws:secretsmanager:*:*:secret:*\" }]";
    let folder = tempfile::tempdir().unwrap();
    let text = world(&[]).replacen(
        "Resource: \"*\"",
        "Resource: \"arn:aws:secretsmanager:*:*:secret:*\"",
        1,
    );
    write(folder.path(), &text);
    let exit = |arguments: &[&str]| run_in(folder.path(), arguments).code;
    let list = "secretsmanager:ListSecrets";
    assert_eq!(
        exit(&["simulate", "prod:dev/app", "shop:db", "--ask", list]),
        1,
        "{own}"
    );
    let role = "arn:aws:iam::111122223333:role/r";
    let request = [
        "simulate",
        "--principal",
        role,
        "--action",
        list,
        "--resource",
        "*",
    ];
    assert_eq!(exit(&request), 1);
    let by_path = ["--ask", "ssm:GetParametersByPath"];
    let tagged = [
        ("account", "parameters: { /dev/url: { tags: { team: a } } }"),
        ("actions", "\"ssm:*\""),
        ("condition", "{ StringEquals: { aws:ResourceTag/team: a } }"),
    ];
    let run = ask(
        &tagged,
        &[&["simulate", "prod:dev/app", "/dev/url"], &by_path[..]].concat(),
    );
    assert_eq!(run.code, 1, "{}", run.out);
}

#[test]
fn a_key_that_is_asked_directly_knows_its_caller_and_its_grants() {
    let key = |more: &str| format!("keys: {{ k: {{ {more} }} }}");
    let ask_key = |account: &str, condition: &str, actions: &str| {
        let parts = [
            ("account", account),
            ("condition", condition),
            ("actions", actions),
        ];
        ask(
            &parts,
            &["simulate", "prod:dev/app", "shop:k", "--ask", "kms:Decrypt"],
        )
        .code
    };
    let own = key(
        "policy: [{ Effect: Allow, Principal: { AWS: arn:aws:iam::111122223333:role/r }, Action: \"kms:*\", Resource: \"*\", Condition: { StringEquals: { kms:CallerAccount: \"111122223333\" } } }]",
    );
    assert_eq!(ask_key(&own, "{}", "\"s3:*\""), 0);
    let symmetric = "{ StringEquals: { kms:EncryptionAlgorithm: SYMMETRIC_DEFAULT } }";
    assert_eq!(ask_key(&key("policy: default"), symmetric, "\"kms:*\""), 0);
    let grant = key("policy: default, grants: [{ to: r, operations: [Decrypt] }]");
    assert_eq!(ask_key(&grant, "{}", "\"s3:*\""), 0);
}

#[test]
fn the_key_that_aws_manages_has_attributes() {
    for condition in [
        "StringEquals: { kms:KeySpec: SYMMETRIC_DEFAULT }",
        "\"ForAnyValue:StringLike\": { kms:ResourceAliases: \"alias/aws/*\" }",
    ] {
        let text = world(&[]).replacen(
            "policies:\n",
            &format!("policies:\n          no: [{{ Effect: Deny, Action: kms:Decrypt, Resource: \"*\", Condition: {{ {condition} }} }}]\n"),
            1,
        );
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &text);
        let run = run_in(
            folder.path(),
            &["simulate", "prod:dev/app", "shop:db", "--output", "json"],
        );
        assert_eq!(run.json()["decision"], "deny", "{condition}");
    }
}

#[test]
fn a_writer_needs_a_data_key_as_well() {
    let keys = "keys: { k: { policy: [{ Effect: Allow, Principal: \"*\", Action: kms:Decrypt, Resource: \"*\" }] } }";
    let parts = [("account", keys), ("secret", "key: k")];
    assert_decided(&parts, &[], "allow", "");
    assert_decided(
        &parts,
        &["--ask", "secretsmanager:PutSecretValue"],
        "refuse",
        "key",
    );
}

#[test]
fn where_a_web_identity_calls_from_is_open() {
    let trust = "[{ Effect: Allow, Principal: { Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC }, Action: sts:AssumeRoleWithWebIdentity, Condition: { IpAddress: { aws:SourceIp: 10.0.0.0/8 } } }]";
    assert_decided(
        &[("pod", "irsa: r"), ("trust", trust)],
        &[],
        "unknown",
        "trust",
    );
}

#[test]
fn the_tags_of_a_role_are_not_in_tag_session() {
    let trust = "[{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: [sts:AssumeRole, sts:TagSession], Condition: { StringEquals: { aws:ResourceTag/t: a } } }]";
    assert_decided(
        &[("trust", trust), ("role", "tags: { t: a }")],
        &[],
        "refuse",
        "trust",
    );
}

#[test]
fn a_single_request_knows_what_the_world_knows() {
    let simulate = |parts: &[(&str, &str)], principal: &str, more: &[&str]| {
        let arguments = [
            "simulate",
            "--principal",
            principal,
            "--action",
            "secretsmanager:GetSecretValue",
            "--resource",
            "shop:db",
        ];
        ask(parts, &[&arguments[..], more].concat()).code
    };
    // The root user needs no Allow in its own account.
    assert_eq!(simulate(&[], "arn:aws:iam::111122223333:root", &[]), 0);
    let closed = [(
        "account",
        "endpoints: { sm: { id: vpce-1, service: secretsmanager, policy: [{ Effect: Deny, Principal: \"*\", Action: \"*\", Resource: \"*\" }] } }",
    )];
    let role = "arn:aws:iam::111122223333:role/r";
    assert_eq!(simulate(&closed, role, &[]), 0);
    assert_eq!(
        simulate(&closed, role, &["--context", "aws:SourceVpce=vpce-1"]),
        1
    );
}

#[test]
fn a_class_that_nobody_mounts_is_judged_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let class = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: app, namespace: dev }
spec:
  provider: aws
  parameters:
    region: us-east-1
    failoverRegion: eu-west-1
    objects: |
      - objectName: db
        objectType: secretsmanager
        objectAlias: db
        objectVersion: v1
        failoverObject: { objectName: db2 }
      - objectName: /p
        objectType: ssmparameter
        objectAlias: p
        objectVersion: \"1\"
        failoverObject: { objectName: /p2, objectVersion: \"1\", objectVersionLabel: x }
      - objectName: j
        objectType: secretsmanager
        objectAlias: j
        jmesPath: [{ path: a, objectAlias: db }]
";
    std::fs::write(folder.path().join("class.yaml"), class).unwrap();
    let run = run_in(
        folder.path(),
        &["check", "class.yaml", "--output", "concise"],
    );
    let places: Vec<_> = run
        .out
        .lines()
        .filter_map(|line| line.split_once('[').map(|(place, _)| place))
        .collect();
    let expected = [
        "class.yaml:14:39: SPC107",
        "class.yaml:19:84: SPC108",
        "class.yaml:23:44: SPC110",
    ];
    assert_eq!((run.code, places), (1, expected.to_vec()), "{}", run.out);
}

#[test]
fn an_endpoint_without_an_id_has_one_that_nobody_knows() {
    let parts = [
        ("account", "endpoints: { sm: { service: secretsmanager } }"),
        ("cluster", "endpoints: [sm]"),
        (
            "condition",
            "{ StringNotEquals: { aws:SourceVpce: vpce-1 } }",
        ),
    ];
    let (code, answer) = simulate(&parts, &[]);
    assert_eq!(
        (code, &answer["decision"]),
        (3, &"unknown".into()),
        "{answer}"
    );
}

#[test]
fn a_pods_name_is_not_known_and_never_empty() {
    let condition = |test: &str| format!("{{ {test} }}");
    let present = condition("\"Null\": { aws:PrincipalTag/kubernetes-pod-name: \"false\" }");
    assert_eq!(simulate(&[("condition", &present)], &[]).0, 0);
    let named = condition("StringEquals: { aws:PrincipalTag/kubernetes-pod-name: app-0 }");
    assert_eq!(simulate(&[("condition", &named)], &[]).0, 3);
}

#[test]
fn a_mount_that_works_once_is_reported_as_such() {
    let parts = [
        ("pod", "association: r, mounts: [db]"),
        ("actions", "secretsmanager:GetSecretValue"),
    ];
    let run = ask(&parts, &["check", "--output", "json"]);
    let finding = &run.json()["findings"][0];
    assert_eq!(
        (run.code, &finding["code"]),
        (1, &"REQ102".into()),
        "{}",
        run.out
    );
    assert!(
        finding["message"]
            .as_str()
            .unwrap()
            .contains("once, but cannot rotate"),
        "{finding}"
    );
}

#[test]
fn the_cause_of_the_first_mount_is_reported_before_those_of_later_mounts() {
    let parts = [
        (
            "account",
            "keys: { k: { policy: default, enabled: false } }",
        ),
        ("pod", "association: r, mounts: [db]"),
        ("actions", "[secretsmanager:GetSecretValue, \"kms:*\"]"),
        ("secret", "key: k"),
    ];
    let run = ask(&parts, &["check", "--output", "json"]);
    assert_eq!(
        (run.code, &run.json()["findings"][0]["code"]),
        (1, &"KMS107".into()),
        "{}",
        run.out
    );
}

#[test]
fn a_volume_whose_class_nobody_has_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1
kind: Pod
metadata: { name: web, namespace: dev }
spec:
  serviceAccountName: app
  containers: [{ name: web, image: web }]
  volumes:
    - name: secrets
      csi:
        driver: secrets-store.csi.k8s.io
        readOnly: true
        volumeAttributes: { secretProviderClass: nope }
";
    std::fs::write(folder.path().join("pod.yaml"), pod).unwrap();
    let world = world(&[(
        "top",
        "closed: all\ninclude: [{ path: pod.yaml, cluster: prod }]",
    )]);
    write(folder.path(), &world);
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    let answer = run.json();
    let grave = answer["findings"].as_array().unwrap().iter();
    let broken: Vec<_> = grave
        .filter(|finding| finding["class"] == "break")
        .collect();
    let [finding] = broken.as_slice() else {
        panic!("{}", run.out)
    };
    assert_eq!(
        (run.code, &finding["code"]),
        (1, &"SPC128".into()),
        "{}",
        run.out
    );
    assert_eq!(finding["locations"][0]["line"], 12);
}

#[test]
fn a_truth_value_without_quotes_is_refused_by_the_api_server() {
    let folder = tempfile::tempdir().unwrap();
    let from = crate::support::fixtures().join("worlds/blog-single-account");
    super::broken_worlds::copy_tree(&from, folder.path());
    let file = folder.path().join("k8s/secretproviderclasses.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"true\"", "true", 1)).unwrap();
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    let finding = &run.json()["findings"][0];
    assert_eq!(
        (run.code, &finding["code"]),
        (1, &"SPC102".into()),
        "{}",
        run.out
    );
}
