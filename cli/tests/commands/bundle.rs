//! What a bundle holds that it should not, promises in `check`, and access that grew.

use super::support::{Run, fixtures, folder, run_in};
use std::{fs, path::Path};

/// The codes of the findings with what they are about.
fn found(run: &Run) -> Vec<(String, String)> {
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    findings
        .map(|one| (text(one, "code"), text(one, "object")))
        .collect()
}

fn codes(run: &Run) -> Vec<String> {
    found(run).into_iter().map(|(code, _)| code).collect()
}

/// The blog's world, in which the role no longer tests tags.
fn opened() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let from = fixtures().join("worlds/blog-single-account");
    for part in ["", "aws", "k8s", "policies"] {
        fs::create_dir_all(copy.path().join(part)).unwrap();
        for entry in fs::read_dir(from.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(
                    &path,
                    copy.path().join(part).join(path.file_name().unwrap()),
                )
                .unwrap();
            }
        }
    }
    let dump = copy.path().join("aws/account-authorization-details.json");
    let mut json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&dump).unwrap()).unwrap();
    let policy = &mut json["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"];
    policy["Statement"][0]
        .as_object_mut()
        .unwrap()
        .remove("Condition");
    fs::write(&dump, serde_json::to_string_pretty(&json).unwrap()).unwrap();
    copy
}

fn check(folder: &Path, arguments: &[&str]) -> Run {
    run_in(
        folder,
        &[&["check", "--output", "json"], arguments].concat(),
    )
}

#[test]
fn one_statement_that_breaks_four_promises_is_one_finding() {
    let folder = opened();
    let run = check(folder.path(), &["--select", "ACC"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(codes(&run), ["ACC102"]);
    let answer = run.json();
    let finding = &answer["findings"][0];
    assert_eq!(finding["severity"], "critical");
    let places = finding["locations"].as_array().unwrap().iter();
    let labels: Vec<_> = places
        .map(|one| one["label"].as_str().unwrap().to_owned())
        .collect();
    let promised = labels.iter().filter(|one| one.starts_with("promised: "));
    assert_eq!(promised.count(), 4, "{labels:?}");
    assert!(labels.contains(&"`identity` allows here".to_owned()));
    let notes = finding["notes"].to_string();
    assert!(notes.contains(
        "allowed: arn:aws:iam::111122223333:role/pod-reader secretsmanager:GetSecretValue"
    ));
    assert!(
        notes.contains("aws:PrincipalTag/kubernetes-namespace = dev"),
        "{notes}"
    );
}

#[test]
fn a_promise_that_a_mount_already_breaks_is_not_told_twice() {
    let folder = fixtures().join("worlds/broken-misspelt-session-tag");
    assert_eq!(codes(&check(&folder, &[])), ["TAG101"]);
}

#[test]
fn access_that_grew_is_found_against_a_directory_and_a_snapshot() {
    let (now, before) = (opened(), fixtures().join("worlds/blog-single-account"));
    let before = before.to_str().unwrap();
    let snapshot = now.path().join("before.snapshot");
    let snapshot = snapshot.to_str().unwrap();
    assert_eq!(
        run_in(now.path(), &["snapshot", before, "--out", snapshot]).code,
        0
    );
    for against in [before, snapshot] {
        let run = check(now.path(), &["--select", "ACC103", "--against", against]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert_eq!(codes(&run), ["ACC103"]);
        let finding = &run.json()["findings"][0];
        assert_eq!(
            finding["message"],
            "prod:qa/app can read `shop:dev/db`, and could not before, and 1 other way is new"
        );
        assert_eq!(
            finding["locations"][0]["file"],
            "aws/account-authorization-details.json"
        );
    }
    // The other way round nothing grew, and a world did not grow beyond itself.
    let now = now.path().to_str().unwrap();
    for (world, against) in [(before, now), (before, before), (now, now)] {
        let run = check(
            Path::new(world),
            &["--select", "ACC103", "--against", against],
        );
        assert_eq!(codes(&run), [""; 0], "{world} {against}");
    }
}

#[test]
fn what_cannot_be_compared_ends_the_run() {
    let worlds = fixtures().join("worlds");
    let one = worlds.join("blog-single-account");
    let empty = tempfile::tempdir().unwrap();
    let rows = [
        (one.as_path(), "/nowhere", "`/nowhere` does not exist"),
        (
            one.as_path(),
            empty.path().to_str().unwrap(),
            "nothing to check",
        ),
        (
            worlds.as_path(),
            one.to_str().unwrap(),
            "several below the path",
        ),
    ];
    for (folder, against, message) in rows {
        let run = run_in(folder, &["check", "--against", against]);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains(message), "{}", run.err);
    }
}

const SECRETS: &str = "apiVersion: v1
kind: Secret
metadata: { name: db, namespace: dev }
data: { password: canary }
stringData:
  a: canary
---
apiVersion: v1
kind: Secret
metadata: { name: waits, namespace: dev }
stringData: { a: '${PASSWORD}', b: <password>, c: CHANGE_ME, d: '{{ .Values.x }}' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: dev }
spec:
  template:
    spec:
      containers:
        - name: a
          env:
            - { name: DB_PASSWORD, value: canary }
            - { name: DB_PASSWORD_FILE, value: /mnt/secrets/db }
            - { name: OTHER_PASSWORD, value: $(DB_PASSWORD) }
";
const TEMPLATE: &str = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Pw: { Type: String, NoEcho: true, Default: canary }
  Other: { Type: String, NoEcho: true }
Resources:
  Filled:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: a/b, SecretString: !Sub '{"p":"${Pw}"}' }
  Made:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: a/c, GenerateSecretString: { SecretStringTemplate: '{"user":"canary"}', GenerateStringKey: p } }
  Written:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: a/d, SecretString: '{"p":"canary"}' }
  Followed:
    Type: AWS::RDS::DBInstance
    Properties: { MasterUserPassword: '{{resolve:secretsmanager:a/b:SecretString:p}}' }
  Plain:
    Type: AWS::SSM::Parameter
    Properties: { Name: /a, Type: String, Value: canary }
"#;
const ANSWER: &str = r#"{"ARN":"arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-hW8pZc","Name":"dev/db","SecretString":"canary"}"#;
const PARAMETERS: &str = r#"{"Parameters":[
  {"Name":"/a","ARN":"arn:aws:ssm:us-east-1:111122223333:parameter/a","Type":"SecureString","Value":"canary"},
  {"Name":"/b","ARN":"arn:aws:ssm:us-east-1:111122223333:parameter/b","Type":"SecureString","Value":"AQICAHcanary"},
  {"Name":"/c","ARN":"arn:aws:ssm:us-east-1:111122223333:parameter/c","Type":"String","Value":"canary"}]}"#;

#[test]
fn a_value_of_a_secret_is_found_and_never_shown() {
    let rows: [(&str, &str, &[&str]); 4] = [
        ("s.yaml", SECRETS, &["Secret dev/db", "DB_PASSWORD"]),
        ("t.yaml", TEMPLATE, &["Default", "SecretString"]),
        ("v.json", ANSWER, &["SecretString"]),
        ("p.json", PARAMETERS, &["Value"]),
    ];
    for (name, text, objects) in rows {
        let folder = folder(&[(name, text)]);
        let own = ["--select", "BND110", "--account", "shop=111122223333"];
        let run = check(folder.path(), &own);
        let wanted: Vec<_> = objects
            .iter()
            .map(|object| ("BND110".to_owned(), (*object).to_owned()))
            .collect();
        assert_eq!(found(&run), wanted, "{name}: {}", run.err);
        for form in [
            "text",
            "concise",
            "json",
            "sarif",
            "github",
            "gitlab",
            "junit",
            "checkstyle",
            "markdown",
        ] {
            let run = run_in(
                folder.path(),
                &["check", "--output", form, "--account", "shop=111122223333"],
            );
            assert_eq!(run.code, 1, "{name}: {}", run.err);
            assert!(!(run.out + &run.err).contains("canary"), "{name} {form}");
        }
    }
}

#[test]
fn two_manifests_of_one_thing_are_a_finding_and_a_world_that_overrules_is_none() {
    let account = |role: &str| {
        format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{ name: a, namespace: dev, annotations: {{ eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/{role}' }} }}\n"
        )
    };
    let (x, y) = (account("x"), account("y"));
    let twice = folder(&[("a.yaml", &x), ("b.yaml", &y)]);
    let own = ["--select", "BND"];
    assert_eq!(codes(&check(twice.path(), &own)), ["BND102"]);
    let same = folder(&[("a.yaml", &x), ("b.yaml", &x)]);
    assert_eq!(codes(&check(same.path(), &own)), [""; 0]);
    // A base and its overlay are no two things; they have to be rendered.
    let plan =
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\n";
    let overlaid = folder(&[
        ("base/a.yaml", &x),
        ("dev/kustomization.yaml", plan),
        ("dev/b.yaml", &y),
    ]);
    assert_eq!(codes(&check(overlaid.path(), &own)), [""; 0]);
    let world = "ascp-policy: 1\ninclude: [{ path: a.yaml, cluster: prod }]\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    roles: { y: { trust: pod-identity } }\n    clusters:\n      prod:\n        serviceAccounts: { dev/a: { irsa: y } }\n";
    let overruled = folder(&[("a.yaml", &x), ("ascp-policy.yaml", world)]);
    let run = check(overruled.path(), &own);
    assert_eq!(codes(&run), [""; 0], "{}", run.err);
}

#[test]
fn words_that_cloudformation_changes_are_found() {
    let template = "AWSTemplateFormatVersion: '2010-09-09'
Resources:
  S:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: a/b
      Tags: [{ Key: team, Value: no }, { Key: version, Value: 1.10 }, { Key: ok, Value: true }, { Key: id, Value: 42 }]
";
    let folder = folder(&[("t.yaml", template)]);
    let own = [
        "--select",
        "BND103",
        "--account",
        "shop=111122223333",
        "--region",
        "us-east-1",
    ];
    let run = check(folder.path(), &own);
    let both = [("BND103", "team"), ("BND103", "version")];
    assert_eq!(
        found(&run),
        both.map(|(code, what)| (code.to_owned(), what.to_owned()))
    );
}

#[test]
fn words_that_the_api_server_refuses_are_found_and_quoted() {
    let manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: no, labels: { on: on, n: 12, t: true, s: \"12\", v: v1 } }\n";
    let folder = folder(&[("a.yaml", manifest)]);
    let own = ["--select", "BND103"];
    assert_eq!(found(&check(folder.path(), &own)).len(), 4);
    let run = check(folder.path(), &[&own[..], &["--fix=repair"]].concat());
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let text = fs::read_to_string(folder.path().join("a.yaml")).unwrap();
    let wanted =
        "namespace: \"no\", labels: { on: \"on\", n: \"12\", t: \"true\", s: \"12\", v: v1 }";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn what_a_template_left_behind_is_one_finding() {
    let policy = |resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"{resource}"}}]}}"#
        )
    };
    for part in [
        "${var.account}",
        "${AWS::AccountId}",
        "{{ .Values.account }}",
        "<account-id>",
        "YOUR_ACCOUNT",
    ] {
        let text = policy(&format!(
            "arn:aws:secretsmanager:us-east-1:{part}:secret:team/db-??????"
        ));
        let folder = folder(&[("p.json", &text)]);
        assert_eq!(
            codes(&check(folder.path(), &["--severity-threshold", "high"])),
            ["BND101"],
            "{part}"
        );
    }
    let example = policy("arn:aws:secretsmanager:us-east-1:123456789012:secret:team/db-??????");
    let folder = folder(&[("p.json", &example)]);
    let own = ["--select", "BND101"];
    assert_eq!(codes(&check(folder.path(), &own)), [""; 0]);
    let other = [&own[..], &["--account", "shop=111122223333"]].concat();
    assert_eq!(codes(&check(folder.path(), &other)), ["BND101"]);
    let own = [&own[..], &["--account", "shop=123456789012"]].concat();
    assert_eq!(codes(&check(folder.path(), &own)), [""; 0]);
}

#[test]
fn a_policy_that_cannot_be_decoded_leaves_its_mount_undecided() {
    let association = |policy: &str| {
        format!(
            r#"{{"association":{{"clusterName":"prod","namespace":"dev","serviceAccount":"app","roleArn":"arn:aws:iam::111122223333:role/r","associationArn":"arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1","associationId":"a-1","disableSessionTags":true,"policy":{policy}}}}}"#
        )
    };
    let twice = serde_json::to_string(
        &serde_json::to_string(r#"{"Version":"2012-10-17","Statement":[]}"#).unwrap(),
    )
    .unwrap();
    for (policy, why) in [
        (r#""{\"Version\": \"2012""#, "does not end"),
        (twice.as_str(), "encoded twice"),
        (r#""%7B%22Version""#, ""),
    ] {
        let folder = folder(&[("association.json", &association(policy))]);
        let run = check(folder.path(), &["--select", "BND107"]);
        assert_eq!(codes(&run), ["BND107"], "{policy}: {}", run.err);
        assert!(run.out.contains(why), "{}", run.out);
        let run = run_in(folder.path(), &["world"]);
        assert_eq!(run.code, 2, "{}", run.out);
    }
}
