//! What a bundle holds that it should not, promises in `check`, and access that grew.

use super::support::{Run, fixtures, folder, forms, run_in};
use std::{fs, path::Path};

/// The codes of the findings with what they are about.
fn codes_and_objects(run: &Run) -> Vec<(String, String)> {
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .map(|finding| (text(finding, "code"), text(finding, "object")))
        .collect()
}

fn codes(run: &Run) -> Vec<String> {
    codes_and_objects(run)
        .into_iter()
        .map(|(code, _)| code)
        .collect()
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
        .map(|place| place["label"].as_str().unwrap().to_owned())
        .collect();
    let promised = labels
        .iter()
        .filter(|label| label.starts_with("promised: "));
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
fn a_promise_that_a_mount_already_breaks_is_reported_once() {
    let folder = fixtures().join("worlds/broken-misspelt-session-tag");
    assert_eq!(codes(&check(&folder, &[])), ["TAG101"]);
}

#[test]
fn access_that_grew_is_reported_against_a_directory_and_a_snapshot() {
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
            "prod:qa/app can read `shop:dev/db` and could not before, and 1 other access path is new"
        );
        assert_eq!(
            finding["locations"][0]["file"],
            "aws/account-authorization-details.json"
        );
        let notes = finding["notes"].to_string();
        assert!(
            notes.contains("before, `identity` did not allow it"),
            "{notes}"
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
    let blog = worlds.join("blog-single-account");
    let empty = tempfile::tempdir().unwrap();
    let rows = [
        (blog.as_path(), "/nowhere", "`/nowhere` does not exist"),
        (
            blog.as_path(),
            empty.path().to_str().unwrap(),
            "nothing to check",
        ),
        (
            worlds.as_path(),
            blog.to_str().unwrap(),
            "the path contains several",
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
  a: canary-7f3a
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
fn a_value_of_a_secret_is_reported_and_never_shown() {
    let rows: [(&str, &str, &[&str]); 4] = [
        (
            "s.yaml",
            SECRETS,
            &["Secret dev/db", "Deployment dev/app DB_PASSWORD"],
        ),
        ("t.yaml", TEMPLATE, &["Pw.Default", "Written.SecretString"]),
        ("v.json", ANSWER, &["dev/db"]),
        ("p.json", PARAMETERS, &["/a"]),
    ];
    for (name, text, objects) in rows {
        let folder = folder(&[(name, text)]);
        let own = ["--select", "BND110", "--account", "shop=111122223333"];
        let run = check(folder.path(), &own);
        let wanted: Vec<_> = objects
            .iter()
            .map(|object| ("BND110".to_owned(), (*object).to_owned()))
            .collect();
        assert_eq!(codes_and_objects(&run), wanted, "{name}: {}", run.err);
        for form in forms() {
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
fn two_manifests_of_one_object_are_a_finding_and_a_world_that_overrules_is_none() {
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
fn words_that_cloudformation_changes_are_reported() {
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
    let both = [("BND103", "S"), ("BND103", "S")];
    assert_eq!(
        codes_and_objects(&run),
        both.map(|(code, what)| (code.to_owned(), what.to_owned()))
    );
}

#[test]
fn words_that_the_api_server_refuses_are_reported_and_quoted() {
    let manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: no, labels: { on: on, n: 12, t: true, s: \"12\", v: v1 } }\n";
    let folder = folder(&[("a.yaml", manifest)]);
    let own = ["--select", "BND103"];
    assert_eq!(codes_and_objects(&check(folder.path(), &own)).len(), 4);
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
        let run = check(folder.path(), &["--severity-threshold", "high"]);
        assert_eq!(codes(&run), ["BND101"], "{part}");
        let notes = run.json()["findings"][0]["notes"].to_string();
        assert!(notes.contains("not allowed: "), "{part}: {notes}");
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
        assert_eq!(run.code, 0, "{}", run.err);
        let remark = "# not in this file: the association of prod:dev/app: its session policy";
        assert!(run.out.contains(remark), "{}", run.out);
    }
}

#[test]
fn what_is_no_value_is_no_finding() {
    let secret = |data: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{ name: s, namespace: dev }}\n{data}\n")
    };
    let pod = |env: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: p, namespace: dev }}\nspec: {{ containers: [{{ name: a, env: [{env}] }}] }}\n"
        )
    };
    let rows = [
        secret("data: { p: 'ENC[AES256_GCM,data:x]' }\nsops: { mac: x }"),
        secret("data: { pw: Y2hhbmdlbWU= }"),
        secret("data: { ca.crt: LS0tLS1CRUdJTg== }"),
        secret("data: { .dockerconfigjson: e30= }"),
        secret("stringData: { type: git, url: 'https://github.com/a/b' }"),
        secret("stringData: { p: 'ref+awssecrets://x', q: 'vault:secret/x#y', r: 'postgres://<user>:<password>@db' }"),
        pod("{ name: ALLOW_EMPTY_PASSWORD, value: 'yes' }"),
        pod("{ name: GF_SECURITY_ADMIN_PASSWORD, value: '$__file{/etc/x}' }"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: dev }\ndata: { requirePassword: 'true', existingSecretKeyPassword: admin-password }\n".to_owned(),
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: k }\nspec: { rules: [{ generate: { apiVersion: v1, kind: Secret, data: { type: Opaque } } }] }\n".to_owned(),
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x }\nspec: { versions: [{ name: v1, schema: { openAPIV3Schema: { properties: { annotations: { maxProperties: 8 } } } } }] }\n".to_owned(),
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: h, namespace: dev }\nspec: { values: { labels: { enabled: true }, name: 7 } }\n".to_owned(),
    ];
    for text in &rows {
        let folder = folder(&[("a.yaml", text)]);
        assert_eq!(
            codes(&check(folder.path(), &["--select", "BND"])),
            [""; 0],
            "{text}"
        );
    }
}

#[test]
fn a_patch_shows_no_value_of_a_secret() {
    let rows = [
        // The value stands beside the line that changes, or in it.
        (
            "metadata: { name: db, namespace: dev, labels: { on: on } }\nstringData: { password: canary }",
            true,
        ),
        (
            "{ metadata: { name: db, namespace: dev, labels: { on: on } }, stringData: { password: canary } }",
            false,
        ),
    ];
    for (rest, shown) in rows {
        let text = match rest.strip_prefix("{ ") {
            Some(rest) => format!("{{ apiVersion: v1, kind: Secret, {rest}\n"),
            None => format!("apiVersion: v1\nkind: Secret\n{rest}\n"),
        };
        let folder = folder(&[("a.yaml", &text)]);
        let run = run_in(
            folder.path(),
            &["check", "--diff", "--fix=repair", "--select", "BND103"],
        );
        assert!(
            !(run.out.clone() + &run.err).contains("canary"),
            "{}",
            run.out
        );
        assert_eq!(run.out.contains("+metadata"), shown, "{}", run.out);
        assert_eq!(
            run.out.contains("the patch is not shown"),
            !shown,
            "{}",
            run.out
        );
    }
}

#[test]
fn a_file_that_does_not_parse_shows_no_value() {
    let rows = [
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Pw: {Type: String, NoEcho: true, Default: \"canary\" x}\nResources: {}\n",
        "apiVersion: v1\nkind:   Secret\nmetadata: {name: db}\nx: {p: \"canary\" x}\n",
        "apiVersion: v1\nkind: Pod\nspec:\n  env:\n    - name: DB_PASSWORD\n      v: \"canary\" x\n",
    ];
    for text in rows {
        let folder = folder(&[("a.yaml", text)]);
        let run = run_in(folder.path(), &["check", "a.yaml"]);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(!(run.out + &run.err).contains("canary"), "{text}");
    }
}

#[test]
fn a_baseline_accepts_no_other_secret() {
    let template = |id: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  {id}:\n    Type: AWS::SecretsManager::Secret\n    Properties: {{ Name: {id}, SecretString: canary }}\n"
        )
    };
    let folder = folder(&[("a.yaml", &template("First"))]);
    let own = ["--account", "shop=111122223333", "--region", "us-east-1"];
    let run = run_in(folder.path(), &[&["baseline", "create"], &own[..]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    fs::remove_file(folder.path().join("a.yaml")).unwrap();
    fs::write(folder.path().join("0.yaml"), template("Second")).unwrap();
    let known = [
        "--baseline",
        "ascp-policy-baseline.json",
        "--select",
        "BND110",
    ];
    let run = check(folder.path(), &[&known[..], &own].concat());
    assert_eq!(
        codes_and_objects(&run),
        [("BND110".to_owned(), "Second.SecretString".to_owned())]
    );
}

#[test]
fn access_grows_by_each_call_that_reads_or_replaces_a_value() {
    let world = |action: &str, account: &str| {
        format!(
            "ascp-policy: 1\naccounts:\n  {account}:\n    id: \"111122223333\"\n    region: us-east-1\n    \
             secrets: {{ dev/db: {{}} }}\n    parameters: {{ /dev/url: {{ type: String }} }}\n    \
             roles: {{ r: {{ trust: pod-identity, policies: {{ p: [{{ Effect: Allow, Action: \"{action}\", Resource: \"*\" }}] }} }} }}\n    \
             clusters: {{ prod: {{ serviceAccounts: {{ dev/app: {{ association: r }} }} }} }}\n"
        )
    };
    let calls = [
        "secretsmanager:GetSecretValue",
        "secretsmanager:UpdateSecret",
        "secretsmanager:PutSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
        "ssm:PutParameter",
    ];
    let compared = |old: &str, new: &str| {
        let (before, now) = (
            folder(&[("ascp-policy.yaml", old)]),
            folder(&[("ascp-policy.yaml", new)]),
        );
        let against = before.path().to_str().unwrap().to_owned();
        codes(&check(
            now.path(),
            &["--select", "ACC103", "--against", &against],
        ))
    };
    for call in calls {
        let actual = compared(&world("ec2:DescribeRegions", "shop"), &world(call, "shop"));
        assert_eq!(actual, ["ACC103"], "{call}");
        // Another name for the account is no other account.
        assert_eq!(
            compared(&world(call, "shop"), &world(call, "boutique")),
            [""; 0],
            "{call}"
        );
    }
}

#[test]
fn a_promise_stays_a_finding_where_nobody_asks_the_mounts_rule() {
    let world = "ascp-policy: 1
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    secrets: { dev/db: {} }
    roles: { r: { trust: pod-identity, policies: { p: [{ Effect: Allow, Action: secretsmanager:DescribeSecret, Resource: \"*\" }] } } }
    clusters: { prod: { serviceAccounts: { dev/app: { association: r, mounts: [shop:dev/db] } } } }
expect:
  pods: { prod:dev/app: { can: [read shop:dev/db] } }
";
    let folder = folder(&[("ascp-policy.yaml", world)]);
    let all = codes(&check(folder.path(), &[]));
    assert!(
        all.contains(&"REQ101".to_owned()) && !all.contains(&"ACC101".to_owned()),
        "{all:?}"
    );
    for own in [["--select", "ACC"], ["--ignore", "REQ101"]] {
        let reported = codes(&check(folder.path(), &own));
        assert!(
            reported.contains(&"ACC101".to_owned()),
            "{own:?}: {reported:?}"
        );
    }
}

#[test]
fn what_a_comparison_cannot_decide_is_reported() {
    let world = |policy: &str| {
        format!(
            "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    secrets: {{ dev/db: {{}} }}\n    \
             roles: {{ r: {{ trust: pod-identity, policies: {{ p: [{policy}] }} }} }}\n    \
             clusters: {{ prod: {{ serviceAccounts: {{ dev/app: {{ association: r }} }} }} }}\n"
        )
    };
    let nothing = world("{ Effect: Deny, Action: \"*\", Resource: \"*\" }");
    let open = world(
        "{ Effect: Allow, Action: \"*\", Resource: \"*\", Condition: { IpAddress: { aws:SourceIp: 203.0.113.0/24 } } }",
    );
    // The only world stands in a directory below.
    let before = folder(&[("outer/a/ascp-policy.yaml", &nothing)]);
    let now = folder(&[("ascp-policy.yaml", &open)]);
    let against = before.path().join("outer");
    let own = ["--select", "ACC103", "--against"];
    let run = check(
        now.path(),
        &[&own[..], &[against.to_str().unwrap()]].concat(),
    );
    let finding = &run.json()["findings"][0];
    assert_eq!(finding["severity"], "info", "{}", run.err);
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("it is unknown whether"), "{message}");
    let other = folder(&[("s.json", r#"{"schema":"ascp-policy/snapshot/v9"}"#)]);
    let against = other.path().join("s.json");
    let run = check(
        now.path(),
        &[&own[..], &[against.to_str().unwrap()]].concat(),
    );
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("ascp-policy/snapshot/v9"), "{}", run.err);
}

/// A world with so many pods and secrets, and promises about all of them.
fn crowd(pods: usize, secrets: usize, expect: &str) -> String {
    let accounts = (0..pods).map(|n| format!("          dev/p{n}: {{ association: r }}\n"));
    let names = (0..secrets).map(|n| format!("      dev/s{n}: {{}}\n"));
    format!(
        "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    secrets:\n{}    roles: {{ r: {{ trust: pod-identity, policies: {{}} }} }}\n    clusters:\n      prod:\n        serviceAccounts:\n{}{expect}",
        names.collect::<String>(),
        accounts.collect::<String>()
    )
}

#[test]
fn more_questions_than_anybody_waits_for_are_a_finding() {
    let expect = "expect:\n  pods:\n    \"prod:*/*\": { can: [\"read shop:*\"], cannot: [\"rotate shop:*\"] }\n";
    let many = folder(&[("ascp-policy.yaml", &crowd(600, 600, expect))]);
    let place = many.path().to_str().unwrap();
    let rows = [
        (&["--select", "ACC101"][..], "more than 250000 pairs"),
        (&["--select", "ACC102"][..], "more than 250000 pairs"),
        (
            &["--select", "ACC103", "--against", place],
            "access was not compared",
        ),
    ];
    for (own, message) in rows {
        let run = check(many.path(), own);
        let finding = &run.json()["findings"][0];
        assert_eq!(finding["severity"], "medium", "{}", run.err);
        assert!(
            finding["message"].as_str().unwrap().contains(message),
            "{finding}"
        );
    }
}
