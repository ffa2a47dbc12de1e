//! `test`: the promises of a world file hold, and negated ones do not.

use crate::support::{fixtures, run_in};
use ascp_policy::load::{Options, load};
use expect_test::expect;
use policy_engine::inventory::promise::Ask;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

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
          ✗               readers  vault:dev/db   one reader too many

          × prod:dev/app can read `vault:dev/db`
            ╭─[ascp-policy.yaml:24:15]
         23 │           read-vault:
         24 │             - Effect: Allow
            ·               ──────┬──────
            ·                     ╰── identity allow
         25 │               Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
            ╰────
            ╭─[ascp-policy.yaml:75:21]
         74 │     prod:dev/app:
         75 │       cannot: [read vault:dev/db, { read: vault:dev/private, because: key }]
            ·                     ──────┬─────
            ·                           ╰── promised here
         76 │   readers:
            ╰────

          × prod:dev/app cannot read `vault:dev/private`, but `key` does not refuse it
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
            ·                     ╰── identity allow
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
                .map(|one| keep.map(|name| one[name].clone()))
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
