//! `test`: the promises of a world file hold, and negated ones do not.

use crate::support::{fixtures, run_in};
use expect_test::expect;
use loader::{Options, load};
use policy_engine::inventory::promise::Ask;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn examples() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(fixtures().join("worlds/examples")).unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_example_world_keeps_its_promises() {
    let mut held = 0;
    for file in examples() {
        let run = run_in(
            file.parent().unwrap(),
            &["test", file.to_str().unwrap(), "--output", "json"],
        );
        assert_eq!(run.code, 0, "{}", run.out);
        let answer = run.json();
        assert_eq!(answer["schema"], "ascp-policy/test/v1");
        held += answer["summary"]["held"].as_u64().unwrap();
    }
    assert_eq!(held, 26);
}

/// The promises of a world, one at a time and negated, as the `expect` of a world file.
fn negations(file: &Path) -> Vec<Value> {
    let options = Options {
        paths: vec![file.to_owned()],
        ..Options::default()
    };
    let loaded = load(&options).unwrap();
    let pods = loaded.promises.pods.iter().map(|promise| {
        let object = promise.object.value.as_str();
        let ask = match &promise.ask {
            Ask::Read => json!({ "read": object }),
            Ask::Rotate => json!({ "rotate": object }),
            Ask::Call(action) => json!({ "call": action, "on": object }),
        };
        let word = if promise.can { "cannot" } else { "can" };
        json!({ "pods": { promise.pod.value.as_str(): { word: [ask] } } })
    });
    let readers = loaded.promises.readers.iter().map(|readers| {
        let others = if readers.pods.is_empty() {
            vec!["*:*/*"]
        } else {
            Vec::new()
        };
        json!({ "readers": { readers.object.value.as_str(): others } })
    });
    pods.chain(readers).collect()
}

#[test]
fn any_promise_negated_is_broken() {
    let mut count = 0;
    for file in examples() {
        let text = std::fs::read_to_string(&file).unwrap();
        let world = text.split("\nexpect:").next().unwrap();
        for expect in negations(&file) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(
                folder.path().join("ascp-policy.yaml"),
                format!("{world}\nexpect: {expect}\n"),
            )
            .unwrap();
            let run = run_in(folder.path(), &["test"]);
            assert_eq!(run.code, 1, "{expect}\n{}{}", run.out, run.err);
            count += 1;
        }
    }
    assert_eq!(count, 26);
}

#[test]
fn the_promises_of_a_scenario_read_as_expected() {
    let run = run_in(&fixtures().join("worlds/blog-cross-account"), &["test"]);
    assert_eq!(run.code, 0);
    expect![[r"
        ascp-policy.yaml   Pods run in shop; their secret and its key live in vault.
          ✓ prod:dev/app  can      read vault:dev/db
          ✓ prod:dev/app  can      rotate vault:dev/db
          ✓ prod:qa/app   cannot   read vault:dev/db   because identity
          ✓               readers  vault:dev/db

        4 of 4 promises hold
    "]]
    .assert_eq(&run.out);
}

#[test]
fn a_broken_promise_shows_both_places() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        std::fs::read_to_string(fixtures().join("worlds/examples/13-5-two-accounts.yaml")).unwrap();
    let world = text.split("\nexpect:").next().unwrap();
    let expect = "\
expect:
  pods:
    prod:dev/app:
      cannot: [read vault:dev/db, { read: vault:dev/private, because: key }]
  readers:
    vault:dev/db: []
";
    std::fs::write(
        folder.path().join("ascp-policy.yaml"),
        format!("{world}\n{expect}"),
    )
    .unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 1);
    expect![[r"
        ascp-policy.yaml   The cluster runs in shop; the secret and its key live in vault.
          ✗ prod:dev/app  cannot   read vault:dev/db
          ✗ prod:dev/app  cannot   read vault:dev/private   because key
          ✗               readers  vault:dev/db   1 reader too many

          × prod:dev/app can read `vault:dev/db`
            ╭─[ascp-policy.yaml:24:15]
         23 │           read-vault:
         24 │             - Effect: Allow
            ·               ──────┬──────
            ·                     ╰── `identity` allows secretsmanager:GetSecretValue
         25 │               Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
            ╰────
            ╭─[ascp-policy.yaml:75:21]
         74 │     prod:dev/app:
         75 │       cannot: [read vault:dev/db, { read: vault:dev/private, because: key }]
            ·                     ──────┬─────
            ·                           ╰── promised here
         76 │   readers:
            ╰────

          × prod:dev/app cannot read `vault:dev/private`, but not because of `key`
            ╭─[ascp-policy.yaml:75:71]
         74 │     prod:dev/app:
         75 │       cannot: [read vault:dev/db, { read: vault:dev/private, because: key }]
            ·                                                                       ─┬─
            ·                                                                        ╰── promised here
         76 │   readers:
            ╰────

          × prod:dev/app can read `vault:dev/db`
            ╭─[ascp-policy.yaml:24:15]
         23 │           read-vault:
         24 │             - Effect: Allow
            ·               ──────┬──────
            ·                     ╰── `identity` allows secretsmanager:GetSecretValue
         25 │               Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
            ╰────
            ╭─[ascp-policy.yaml:77:5]
         76 │   readers:
         77 │     vault:dev/db: []
            ·     ──────┬─────
            ·           ╰── promised here
            ╰────

        0 of 3 promises hold
    "]].assert_eq(&run.out);
}

#[test]
fn a_promise_that_rests_on_a_missing_fact_is_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        std::fs::read_to_string(fixtures().join("worlds/examples/13-4-one-account.yaml")).unwrap();
    let open = text.replace(
        "Condition:\n",
        "Condition:\n                IpAddress: { aws:SourceIp: 10.0.0.0/8 }\n",
    );
    std::fs::write(folder.path().join("ascp-policy.yaml"), open).unwrap();
    let run = run_in(folder.path(), &["test", "--output", "json"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    let given = run_in(folder.path(), &["test", "--given", "aws:SourceIp=10.1.2.3"]);
    assert_eq!(given.code, 0, "{}", given.out);
}

#[test]
fn a_world_read_again_answers_the_same() {
    let worlds = ["blog-single-account", "blog-cross-account"]
        .map(|name| fixtures().join("worlds").join(name));
    for world in worlds.into_iter().chain(examples()) {
        let printed = run_in(&fixtures(), &["world", world.to_str().unwrap()]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ascp-policy.yaml"), &printed.out).unwrap();
        let first = run_in(
            &fixtures(),
            &["test", world.to_str().unwrap(), "--output", "json"],
        )
        .json();
        let again = run_in(folder.path(), &["test", "--output", "json"]);
        assert_eq!(again.code, 0, "{}{}\n{}", again.out, again.err, printed.out);
        let answers = |answer: &Value| {
            let promises = answer["promises"].as_array().unwrap().clone();
            let keep = [
                "pod", "ask", "object", "promised", "held", "decision", "stage",
            ];
            promises
                .iter()
                .map(|promise| keep.map(|name| promise[name].clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            answers(&first),
            answers(&again.json()),
            "{}",
            world.display()
        );
        let twice = run_in(folder.path(), &["world"]);
        assert_eq!(twice.out, printed.out, "{}", world.display());
    }
}

#[test]
fn several_worlds_are_tested_in_one_run() {
    let files: Vec<_> = examples()
        .iter()
        .map(|file| file.to_str().unwrap().to_owned())
        .collect();
    let arguments: Vec<&str> = std::iter::once("test")
        .chain(files.iter().map(String::as_str))
        .collect();
    let run = run_in(&fixtures(), &arguments);
    assert_eq!(run.code, 0);
    assert!(run.out.ends_with("26 of 26 promises hold\n"), "{}", run.out);
}

#[test]
fn nothing_to_hold_is_not_held() {
    let folder = tempfile::tempdir().unwrap();
    let world = "ascp-policy: 1\naccounts: { shop: { id: \"111122223333\", region: us-east-1 } }\n";
    for (text, words) in [
        (world.to_owned(), "no promise and no mount"),
        (format!("{world}expect: {{}}\n"), "`expect` has no promise"),
    ] {
        std::fs::write(folder.path().join("ascp-policy.yaml"), text).unwrap();
        let run = run_in(folder.path(), &["test"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(words), "{}", run.err);
    }
}

#[test]
fn a_pattern_over_too_many_pairs_is_named_instead_of_walked() {
    let folder = tempfile::tempdir().unwrap();
    let pods: String = (0..600)
        .map(|number| format!("          dev/app{number}: {{}}\n"))
        .collect();
    let secrets: String = (0..600)
        .map(|number| format!("      dev/db{number}: {{}}\n"))
        .collect();
    let world = format!(
        "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    clusters:\n      \
         prod:\n        serviceAccounts:\n{pods}    secrets:\n{secrets}expect:\n  pods:\n    \"*/*\": {{ cannot: [read *] }}\n"
    );
    std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("250000 pairs") && run.err.contains("ascp-policy.yaml:1212:"),
        "{}",
        run.err
    );
}

#[test]
fn the_row_of_a_promise_is_disarmed_with_colours_too() {
    let folder = tempfile::tempdir().unwrap();
    let world = "ascp-policy: 1
about: \"a\\n::error::forged\"
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { dev/app: {} } } }
    secrets: { \"dev/\\e[2J\\n::error::db\": {} }
expect:
  pods:
    dev/app: { cannot: [\"read *\"] }
";
    std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    for color in ["always", "never"] {
        let run = run_in(folder.path(), &["test", "--color", color]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        assert!(run.out.contains("dev/?[2J␊::error::db"), "{}", run.out);
        let forged = |line: &str| line.trim_start().starts_with("::");
        assert!(!run.out.lines().any(forged), "{}", run.out);
        assert!(!run.out.contains("\u{1b}[2J"), "{:?}", run.out);
    }
}

#[test]
fn a_parameter_is_shared_with_the_organization_by_one_word() {
    let folder = tempfile::tempdir().unwrap();
    for share in ["organization", "[organization]"] {
        let world = format!(
            "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    \
             parameters: {{ /dev/url: {{ type: String, share: {share} }} }}\n"
        );
        std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
        let run = run_in(folder.path(), &["world"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.contains("share: [\"organization\"]"), "{}", run.out);
    }
}

#[test]
fn a_share_with_a_role_lets_that_role_in_and_no_other() {
    let world = r#"ascp-policy: 1
accounts:
  vault:
    id: "444455556666"
    region: us-east-1
    parameters: { /dev/url: { type: String, tier: Advanced, share: [arn:aws:iam::111122223333:role/one] } }
  shop:
    id: "111122223333"
    region: us-east-1
    roles:
      one: &reader
        trust: pod-identity
        policies: { read: [{ Effect: Allow, Action: ssm:GetParameters, Resource: "*" }] }
      two: *reader
    clusters:
      prod:
        serviceAccounts:
          dev/one: { association: one }
          dev/two: { association: two }
expect:
  pods:
    prod:dev/one: { can: [ssm:GetParameters vault:/dev/url] }
    prod:dev/two: { cannot: [{ call: ssm:GetParameters, on: vault:/dev/url, because: resource }] }
"#;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // What is printed is read as the same.
    let printed = run_in(folder.path(), &["world"]);
    assert!(
        printed.out.contains("arn:aws:iam::111122223333:role/one"),
        "{}",
        printed.out
    );
    let whole = world.replace("[arn:aws:iam::111122223333:role/one]", "[shop]");
    std::fs::write(folder.path().join("ascp-policy.yaml"), whole).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
}

/// Prints the world of some files and checks it again.
fn printed(folder: &Path) -> (String, Value, Value) {
    let first = run_in(folder, &["check", ".", "--output", "json"]);
    let world = run_in(folder, &["world", "."]);
    assert_eq!(world.code, 0, "{}", world.err);
    let again = tempfile::tempdir().unwrap();
    std::fs::write(again.path().join("ascp-policy.yaml"), &world.out).unwrap();
    let second = run_in(again.path(), &["check", ".", "--output", "json"]);
    assert!(second.code < 2, "{}\n{}", second.err, world.out);
    (world.out.clone(), first.json(), second.json())
}

#[test]
fn what_is_not_fully_known_stays_undecided_when_it_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = fixtures().join("worlds/blog-single-account");
    let target = folder.path().join("k8s");
    std::fs::create_dir(&target).unwrap();
    crate::broken_worlds::copy_tree(&world.join("k8s"), &target);
    for name in [
        "cluster.json",
        "association.dev-app.json",
        "association.qa-app.json",
        "secret.dev-db.json",
        "secret.qa-db.json",
    ] {
        std::fs::copy(world.join("aws").join(name), folder.path().join(name)).unwrap();
    }
    // Of the role only `aws iam get-role`: its policies may be others than those that are known.
    let details =
        std::fs::read_to_string(world.join("aws/account-authorization-details.json")).unwrap();
    let details: Value = serde_json::from_str(&details).unwrap();
    let mut role = details["RoleDetailList"][0].clone();
    for more in [
        "RolePolicyList",
        "AttachedManagedPolicies",
        "InstanceProfileList",
    ] {
        role.as_object_mut().unwrap().remove(more);
    }
    std::fs::write(
        folder.path().join("role.json"),
        json!({ "Role": role }).to_string(),
    )
    .unwrap();
    let (text, first, second) = printed(folder.path());
    assert!(
        text.contains("# not in this file: the role 111122223333:pod-reader"),
        "{text}"
    );
    assert!(text.contains("\nclosed: []\n"), "{text}");
    assert!(
        text.contains("roles: [\"111122223333:pod-reader\"]"),
        "{text}"
    );
    for answer in [first, second] {
        assert_eq!(answer["summary"]["undecided"], 2, "{answer}");
        assert_eq!(answer["summary"]["working"], 0, "{answer}");
    }
}

#[test]
fn an_object_in_the_wrong_region_stays_broken_when_it_is_read_again() {
    let world = fixtures().join("worlds/broken-wrong-region");
    let (text, first, second) = printed(&world);
    assert!(text.contains("\"region\":\"eu-west-1\""), "{text}");
    for answer in [first, second] {
        assert_eq!(answer["summary"]["findings"], 1, "{answer}");
        assert_eq!(answer["summary"]["working"], 1, "{answer}");
    }
}

#[test]
fn an_empty_closed_list_leaves_a_world_open() {
    let folder = tempfile::tempdir().unwrap();
    let world = "ascp-policy: 1
closed: []
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { dev/app: {} } } }
    secrets: { dev/db: {} }
";
    std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let run = run_in(folder.path(), &["simulate", "dev/app", "dev/db"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
}

#[test]
fn an_association_without_its_role_stays_undecided_when_it_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = fixtures().join("worlds/blog-single-account");
    crate::broken_worlds::copy_tree(&world, folder.path());
    std::fs::remove_file(folder.path().join("ascp-policy.yaml")).unwrap();
    std::fs::remove_file(folder.path().join("aws/association.qa-app.json")).unwrap();
    // `aws eks list-pod-identity-associations` does not tell roles.
    let arn = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1";
    let list = json!({ "associations": [{ "clusterName": "prod", "namespace": "dev", "serviceAccount": "app",
        "associationArn": arn, "associationId": "a-1" }] });
    std::fs::write(
        folder.path().join("aws/association.dev-app.json"),
        list.to_string(),
    )
    .unwrap();
    let (text, first, second) = printed(folder.path());
    assert!(
        text.contains("# not in this file: the association of prod:dev/app"),
        "{text}"
    );
    assert!(
        text.contains("serviceAccounts: [\"prod:dev/app\"]"),
        "{text}"
    );
    for answer in [first, second] {
        assert_eq!(answer["summary"]["working"], 0, "{answer}");
        assert_eq!(answer["summary"]["undecided"], 2, "{answer}");
    }
}

#[test]
fn what_does_not_work_does_not_work_when_it_is_read_again() {
    let mut worlds = 0;
    for entry in std::fs::read_dir(fixtures().join("worlds")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("ascp-policy.yaml").is_file() {
            continue;
        }
        let (text, first, second) = printed(&folder);
        assert!(!text.starts_with('#'), "{}: {text}", folder.display());
        for count in ["findings", "mounts", "working", "undecided"] {
            let counts = [&first, &second].map(|answer| answer["summary"][count].clone());
            assert_eq!(counts[0], counts[1], "{count} of {}", folder.display());
        }
        worlds += 1;
    }
    assert_eq!(worlds, 20);
}

/// A world with a pod that reads a secret, and an association whose namespace is unknown.
fn with_open_pod(service_account: &str) -> tempfile::TempDir {
    let world = "ascp-policy: 1
about: x
include:
  - { path: template.json, account: shop }
closed: all
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { pay/api: { association: reader } } } }
    secrets: { pay/db: {} }
    roles:
      reader:
        trust: pod-identity
        policies: { r: [{ Effect: Allow, Action: \"secretsmanager:*\", Resource: \"*\" }] }
expect:
  readers: { \"shop:pay/db\": [\"prod:pay/api\"] }
";
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": { "P": { "Type": "String" } },
        "Resources": { "A": { "Type": "AWS::EKS::PodIdentityAssociation", "Properties": {
            "ClusterName": "prod", "Namespace": { "Ref": "P" }, "ServiceAccount": service_account,
            "RoleArn": "arn:aws:iam::111122223333:role/reader",
        } } },
    });
    crate::support::folder(&[
        ("ascp-policy.yaml", world),
        ("template.json", &template.to_string()),
    ])
}

#[test]
fn a_reader_with_an_unknown_name_may_be_a_promised_reader() {
    let run = run_in(with_open_pod("api").path(), &["test"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    assert!(run.out.contains("1 reader undecided"), "{}", run.out);
    let run = run_in(with_open_pod("other").path(), &["test"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("1 reader too many"), "{}", run.out);
}

/// The world of the blog with a change of one file.
fn blog_with(name: &str, change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let world = fixtures().join("worlds/blog-single-account");
    crate::broken_worlds::copy_tree(&world, folder.path());
    let file = folder.path().join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed, "{name}");
    std::fs::write(file, changed).unwrap();
    folder
}

#[test]
fn a_policy_that_a_world_file_cannot_contain_is_named_and_ends_no_run() {
    let details = "aws/account-authorization-details.json";
    let wrong = |text: &str| text.replacen("\"Resource\":", "\"Resuorce\":", 1);
    let (text, _, second) = printed(blog_with(details, wrong).path());
    let remark = "# not in this file: the role shop:pod-reader: ";
    assert!(text.contains(remark), "{text}");
    assert_eq!(second["summary"]["working"], 0, "{second}");
    assert_eq!(second["summary"]["undecided"], 2, "{second}");
}

#[test]
fn an_scp_with_an_unknown_part_leaves_the_account_undecided_when_it_is_read_again() {
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": { "P": { "Type": "String" } },
        "Resources": { "A": { "Type": "AWS::Organizations::Policy", "Properties": {
            "Name": "scp", "Type": "SERVICE_CONTROL_POLICY", "TargetIds": ["111122223333"],
            "Content": { "Version": "2012-10-17", "Statement": [
                { "Effect": "Deny", "Action": { "Ref": "P" }, "Resource": "*" },
            ] },
        } } },
    });
    let world = "ascp-policy: 1
include: [{ path: template.json, account: shop }]
closed: all
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { pay/api: { association: reader, mounts: [pay/db] } } } }
    secrets: { pay/db: {} }
    roles:
      reader:
        trust: pod-identity
        policies: { r: [{ Effect: Allow, Action: [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"], Resource: \"*\" }] }
";
    let folder = crate::support::folder(&[
        ("ascp-policy.yaml", world),
        ("template.json", &template.to_string()),
    ]);
    let (text, first, second) = printed(folder.path());
    let remark = "# not in this file: a part of an SCP of the account shop: it is unknown or wrong";
    assert!(text.contains(remark), "{text}");
    for answer in [first, second] {
        assert_eq!(answer["summary"]["undecided"], 1, "{answer}");
    }
}

#[test]
fn a_secret_with_an_unknown_name_may_be_the_secret_of_a_promise() {
    let world = "ascp-policy: 1
include: [{ path: template.json, account: shop }]
closed: all
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { pay/api: { association: reader } } } }
    roles: { reader: { trust: pod-identity, policies: { r: [{ Effect: Allow, Action: \"secretsmanager:*\", Resource: \"*\" }] } } }
expect:
  pods: { \"prod:pay/api\": { can: [read shop:pay/db] } }
  readers: { \"shop:pay/db\": [\"prod:pay/api\"] }
";
    let template = |name: Value| {
        json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": { "P": { "Type": "String" } },
            "Resources": { "S": { "Type": "AWS::SecretsManager::Secret", "Properties": { "Name": name } } },
        })
        .to_string()
    };
    let open = template(json!({ "Ref": "P" }));
    let folder = crate::support::folder(&[("ascp-policy.yaml", world), ("template.json", &open)]);
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("0 of 2 promises hold, 2 are undecided"),
        "{}",
        run.out
    );
    let question = ["simulate", "prod:pay/api", "shop:pay/db"];
    let run = run_in(folder.path(), &question);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("missing  whether shop:<parameter P> is shop:pay/db"),
        "{}",
        run.out
    );
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    assert!(run.code < 2, "{}{}", run.out, run.err);
    // A name that cannot be the secret's stays a mistake.
    let other = template(json!({ "Fn::Sub": "qa/${P}" }));
    std::fs::write(folder.path().join("template.json"), other).unwrap();
    for arguments in [&["test"][..], &question] {
        assert_eq!(run_in(folder.path(), arguments).code, 2, "{arguments:?}");
    }
}

/// A world with these service accounts; the promise names the pod `a` as the only reader of `pay/db`.
fn world_of_readers(accounts: &[&str]) -> String {
    let accounts: String = accounts
        .iter()
        .map(|own| format!("          {own}\n"))
        .collect();
    format!(
        "ascp-policy: 1
expect: {{ readers: {{ 'shop:pay/db': [prod:dev/a] }} }}
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters:
      prod:
        serviceAccounts:
{accounts}    roles: {{ reader: {{ trust: pod-identity, policies: {{ read: [{{ Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: 'arn:aws:secretsmanager:*:*:secret:pay/db-*' }}] }} }} }}
    secrets: {{ pay/db: {{}} }}
"
    )
}

const A: &str = "dev/a: { association: reader }";
const B: &str = "dev/b: { association: reader }";
const C: &str = "dev/c: { association: reader }";
const D: &str = "dev/d: { association: reader }";

#[test]
fn a_baseline_accepts_the_readers_that_it_knows_and_no_further_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |pods: &[&str]| {
        fs::write(
            folder.path().join("ascp-policy.yaml"),
            world_of_readers(pods),
        )
        .unwrap();
    };
    let check = || {
        let run = run_in(folder.path(), &["check", "--output", "json"]);
        (run.code, run.out)
    };
    write(&[A, B, C]);
    assert_eq!(check().0, 1);
    assert_eq!(run_in(folder.path(), &["baseline", "create"]).code, 0);
    assert_eq!(check().0, 0);
    write(&[A, B, C, D]);
    let (code, out) = check();
    assert_eq!(code, 1);
    assert!(out.contains("and 2 more"), "{out}");
}

/// A promised reader that cannot read is named, also where another pod reads.
#[test]
fn the_promised_reader_that_cannot_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let world = world_of_readers(&["dev/a: {}", B, C]);
    fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("can read `shop:pay/db`: prod:dev/a"),
        "{}",
        run.out
    );
}
