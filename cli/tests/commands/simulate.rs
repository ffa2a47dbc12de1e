//! `simulate`: one question, for people and for machines.

use crate::support::{fixtures, run_in};
use expect_test::expect;
use serde_json::json;

fn blog() -> std::path::PathBuf {
    fixtures().join("worlds/blog-cross-account")
}

#[test]
fn the_stages_of_a_refusal_are_a_table() {
    let run = run_in(&blog(), &["simulate", "prod:qa/app", "vault:dev/db"]);
    assert_eq!(run.code, 1);
    expect![[r#"
        not allowed: prod:qa/app cannot read vault:dev/db

             stage        asked                         decided by                            result
          1  association  prod:qa/app                   aws/shop/association.qa-app.json:2    ✓ pod-reader
          2  trust        AssumeRole, TagSession        …count-authorization-details.json:14  ✓ allow
          3  identity     GetSecretValue  vault:dev/db  …count-authorization-details.json:41  ✗ not allowed
                            secretsmanager:ResourceTag/kubernetes-namespace  "dev"  ≠  "qa"
          4  scp          3 policies                    organization                          ✓ allow
          5  rcp          2 policies                    organization                          ✓ allow
          6  resource     GetSecretValue  vault:dev/db  …/resource-policy.dev-db.json:4       ✗ not allowed
                            secretsmanager:ResourceTag/kubernetes-namespace  "dev"  ≠  "qa"
          7  key          Decrypt  vault:secrets        …-8f0b-4a37-9d2e-3b7f51c0e894.json:2  ✓ allow

        session  eks-cluster-name=prod  kubernetes-namespace=qa  kubernetes-service-account=app  (3 more: --verbose)
    "#]].assert_eq(&run.out);
}

#[test]
fn the_stages_of_an_allowed_mount_are_a_table() {
    let run = run_in(
        &blog(),
        &[
            "simulate",
            "prod:dev/app",
            "vault:dev/db",
            "--ask",
            "rotate",
            "--ascii",
        ],
    );
    assert_eq!(run.code, 0);
    expect![[r"
        allowed: prod:dev/app can read and rotate vault:dev/db

             stage        asked                                         decided by                      result
          1  class        app-secrets                                   ..secretproviderclasses.yaml:4  + valid
          2  association  prod:dev/app                                  ../association.dev-app.json:2   + pod-reader
          3  trust        AssumeRole, TagSession                        ..uthorization-details.json:14  + allow
          4  identity     GetSecretValue, DescribeSecret  vault:dev/db  ..uthorization-details.json:41  + allow
          5  scp          3 policies                                    organization                    + allow
          6  rcp          2 policies                                    organization                    + allow
          7  resource     GetSecretValue, DescribeSecret  vault:dev/db  ..esource-policy.dev-db.json:4  + allow
          8  key          Decrypt  vault:secrets                        ..a37-9d2e-3b7f51c0e894.json:2  + allow

        session  eks-cluster-name=prod  kubernetes-namespace=dev  kubernetes-service-account=app  (3 more: --verbose)
        assumed  U-33: AWS does not document this; --uncertain report answers unknown instead
    "]].assert_eq(&run.out);
}

#[test]
fn the_answer_as_json_names_the_miss() {
    let run = run_in(
        &blog(),
        &[
            "simulate",
            "prod:qa/app",
            "vault:dev/db",
            "--output",
            "json",
        ],
    );
    assert_eq!(run.code, 1);
    let answer = run.json();
    assert_eq!(answer["schema"], "ascp-policy/simulate/v1");
    assert_eq!(answer["decision"], "refuse");
    assert_eq!(answer["decidedBy"]["stage"], "identity");
    assert_eq!(answer["decidedBy"]["policy"], "read-vault");
    assert_eq!(answer["awsWouldSay"], "resource");
    let identity = answer["stages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stage| stage["stage"] == "identity")
        .unwrap();
    assert_eq!(
        identity["missed"][0],
        json!({
            "path": "Statement[0].Condition.StringEquals",
            "key": "secretsmanager:ResourceTag/kubernetes-namespace",
            "wanted": ["qa"],
            "found": ["dev"],
            "file": "aws/shop/account-authorization-details.json",
            "line": 50
        })
    );
    assert_eq!(answer["session"]["tags"]["kubernetes-namespace"], "qa");
}

#[test]
fn a_kubernetes_reference_names_its_pod() {
    let run = run_in(
        &blog(),
        &[
            "simulate",
            "deploy/web",
            "vault:dev/db",
            "-n",
            "dev",
            "--output",
            "json",
        ],
    );
    assert_eq!(
        (run.code, run.json()["pod"].as_str()),
        (0, Some("prod:dev/app")),
        "{}",
        run.err
    );
}

#[test]
fn a_wrong_name_gets_the_nearest_right_name() {
    let run = run_in(&blog(), &["simulate", "prod:dev/ap", "vault:dev/db"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("there is no pod `prod:dev/ap`"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("did you mean `prod:dev/app`?"),
        "{}",
        run.err
    );
    let run = run_in(&blog(), &["simulate", "prod:dev/app", "dev/dbx"]);
    assert!(
        run.code == 2 && run.err.contains("did you mean `vault:dev/db`?"),
        "{}",
        run.err
    );
}

#[test]
fn an_assumption_is_named_reported_and_turned() {
    let ask = |more: &[&str]| {
        let mut arguments = vec![
            "simulate",
            "prod:dev/app",
            "vault:dev/db",
            "--output",
            "json",
        ];
        arguments.extend(more);
        let run = run_in(&blog(), &arguments);
        (run.code, run.json())
    };
    let (code, answer) = ask(&[]);
    assert_eq!((code, &answer["assumed"]), (0, &json!(["U-33"])));
    let (code, answer) = ask(&["--uncertain", "report"]);
    assert_eq!(
        (code, &answer["decision"], &answer["unknown"]),
        (3, &json!("unknown"), &json!(["U-33"]))
    );
    let (code, answer) = ask(&["--assume", "U-33=other"]);
    assert_eq!((code, &answer["decidedBy"]["stage"]), (1, &json!("trust")));
    let (code, _) = ask(&["--assume", "U-33=other", "--exit-zero"]);
    assert_eq!(code, 0);
}

#[test]
fn one_request_uses_the_policies_of_the_world() {
    let ask = |more: &[&str]| {
        let mut arguments = vec![
            "simulate",
            "--principal",
            "arn:aws:iam::111122223333:role/pod-reader",
            "--action",
            "secretsmanager:GetSecretValue",
            "--resource",
            "vault:dev/db",
            "--output",
            "json",
        ];
        arguments.extend(more);
        let run = run_in(&blog(), &arguments);
        (run.code, run.json())
    };
    let (code, answer) = ask(&[]);
    assert_eq!(
        (code, &answer["decision"]),
        (3, &json!("unknown")),
        "{answer}"
    );
    let tags = ["--context", "aws:PrincipalTag/kubernetes-namespace=dev"];
    let cluster = ["--context", "aws:PrincipalTag/eks-cluster-name=prod"];
    let (code, answer) = ask(&[tags, cluster].concat());
    assert_eq!(
        (code, &answer["decision"]),
        (0, &json!("allow")),
        "{answer}"
    );
    let (code, _) = ask(&["--context", "aws:PrincipalTag/kubernetes-namespace=qa"]);
    assert_eq!(code, 1);
}

#[test]
fn a_question_without_its_parts_is_a_mistake_in_usage() {
    for arguments in [
        vec!["simulate"],
        vec!["simulate", "prod:dev/app"],
        vec!["simulate", "--principal", "x"],
        vec!["simulate", "prod:dev/app", "vault:dev/db", "--ask", "eat"],
        vec![
            "simulate",
            "prod:dev/app",
            "vault:dev/db",
            "--assume",
            "U-99=other",
        ],
        vec![
            "simulate",
            "prod:dev/app",
            "vault:dev/db",
            "--output",
            "yaml",
        ],
    ] {
        let run = run_in(&blog(), &arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.out);
        assert!(!run.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn several_outputs_go_to_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.json");
    let output = format!("json={}", file.display());
    let run = run_in(
        &blog(),
        &[
            "simulate",
            "prod:dev/app",
            "vault:dev/db",
            "--output",
            &output,
            "--output",
            "text",
        ],
    );
    assert_eq!(run.code, 0);
    assert!(
        run.out
            .starts_with("allowed: prod:dev/app can read vault:dev/db"),
        "{}",
        run.out
    );
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(written["decision"], "allow");
}

#[test]
fn an_answer_that_rests_on_an_uncertainty_is_unknown_where_it_is_to_be_reported() {
    let world = fixtures().join("worlds/blog-cross-account");
    let arguments = [
        "simulate",
        "prod:dev/app",
        "vault:dev/db",
        "--output",
        "json",
    ];
    let run = run_in(&world, &arguments);
    assert_eq!((run.code, &run.json()["assumed"]), (0, &json!(["U-33"])));
    let reported: Vec<_> = arguments
        .into_iter()
        .chain(["--uncertain", "report"])
        .collect();
    let run = run_in(&world, &reported);
    let answer = run.json();
    assert_eq!((run.code, &answer["decision"]), (3, &json!("unknown")));
    assert_eq!(
        (&answer["assumed"], &answer["unknown"]),
        (&json!([]), &json!(["U-33"]))
    );
    assert_eq!(answer["decidedBy"]["stage"], "trust", "{answer}");
    assert_eq!(answer["decidedBy"]["missing"], json!(["U-33"]));
    let trust = answer["stages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stage| stage["stage"] == "trust");
    assert_eq!(trust.unwrap()["result"], "unknown");
}

#[test]
fn a_role_that_a_closed_world_does_not_have_is_no_answer() {
    let world = fixtures().join("worlds/examples/13-5-two-accounts.yaml");
    let ask = |role: &str| {
        run_in(
            &fixtures(),
            &[
                "simulate",
                "--principal",
                &format!("arn:aws:iam::111122223333:role/{role}"),
                "--action",
                "secretsmanager:GetSecretValue",
                "--resource",
                "vault:dev/db",
                "--path",
                world.to_str().unwrap(),
            ],
        )
    };
    let run = ask("pod-reder");
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.err.contains("did you mean `shop:pod-reader`?"),
        "{}",
        run.err
    );
    assert_ne!(ask("pod-reader").code, 2);
}

#[test]
fn an_unknown_workload_is_answered_with_those_of_its_namespace() {
    let world = fixtures().join("worlds/blog-cross-account");
    let run = run_in(
        &world,
        &["simulate", "deploy/nothing", "dev/db", "-n", "dev"],
    );
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("there is no workload `deploy/nothing` in `dev`")
            && run.err.contains("workloads in `dev`: deployment/"),
        "{}",
        run.err
    );
}

#[test]
fn a_key_that_aws_manages_is_called_so() {
    let world = fixtures().join("worlds/broken-aws-managed-key-across-accounts");
    let run = run_in(
        &world,
        &["simulate", "prod:dev/app", "vault:dev/db", "--width", "80"],
    );
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let key = run.out.lines().find(|line| line.contains(" key ")).unwrap();
    assert!(key.contains("AWS managed key"), "{}", run.out);
}

#[test]
fn aws_would_name_the_refused_call_and_not_the_first_call() {
    let world = fixtures().join("worlds/broken-trust-without-tag-session");
    let arguments = ["simulate", "prod:dev/app", "dev/db", "--output", "json"];
    let run = run_in(&world, &arguments);
    assert_eq!(run.code, 1, "{}", run.err);
    // AssumeRole is allowed, TagSession is not.
    assert_eq!(run.json()["awsWouldSay"], "trust");
}

#[test]
fn name_and_uid_of_the_pod_are_tags_of_its_session() {
    let world = |tags: bool, key: &str| {
        format!(
            r#"ascp-policy: 1
accounts:
  shop:
    id: "111122223333"
    region: us-east-1
    secrets: {{ dev/db: {{}} }}
    roles:
      reader:
        trust:
          - Effect: Allow
            Principal: {{ Service: pods.eks.amazonaws.com }}
            Action: [sts:AssumeRole, sts:TagSession]
            Condition: {{ StringEquals: {{ {key}: web-0 }} }}
        policies: {{ read: [{{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }}] }}
    clusters:
      prod: {{ serviceAccounts: {{ dev/app: {{ association: {{ role: reader, sessionTags: {tags} }} }} }} }}
"#
        )
    };
    let tag = "kubernetes-pod-name";
    let (request, principal) = (
        format!("aws:RequestTag/{tag}"),
        format!("aws:PrincipalTag/{tag}"),
    );
    let given = |value: &str| format!("{principal}={value}");
    // Whose tag is tested, whether the session has tags, what is given, and how it ends.
    let rows = [
        (&request, true, None, 3),
        (&request, true, Some(given("web-0")), 0),
        (
            &request,
            true,
            Some(format!("AWS:requesttag/{tag}=web-0")),
            0,
        ),
        (&request, true, Some(given("web-1")), 1),
        (&request, false, Some(given("web-0")), 1),
        // EKS, which assumes the role, has no tags.
        (&principal, true, Some(given("web-0")), 1),
    ];
    for (key, tags, given, code) in rows {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ascp-policy.yaml"), world(tags, key)).unwrap();
        let mut arguments = vec!["simulate", "dev/app", "dev/db"];
        if let Some(given) = &given {
            arguments.extend(["--given", given]);
        }
        let run = run_in(folder.path(), &arguments);
        assert_eq!(
            run.code, code,
            "{key} {tags} {given:?}: {}{}",
            run.out, run.err
        );
    }
}
