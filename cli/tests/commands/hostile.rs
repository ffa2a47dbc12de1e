//! Repositories that attack the program that checks them: reads and writes through links, and changes of what judges the change.

use crate::support::{LEAK, folder, run_in};
use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

/// A policy that has a finding for every run.
const ALL: &str = "[rules]\nselect = [\"CFG101\"]\n";

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}");
}

/// A repository whose first commit has some files.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = folder(files);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "x"]);
    folder
}

#[test]
fn nothing_is_read_through_a_link_out_of_the_repository() {
    let place = folder(&[
        ("elsewhere/toml", "secret = \"canary\"\n"),
        ("elsewhere/world", "ascp-policy: 1\nsecret: canary\n"),
        ("elsewhere/known.json", "{\"schema\": \"canary\"}"),
    ]);
    let rows = [
        ("ascp-policy.toml", "../elsewhere/toml", None),
        (".ascp-policy.toml", "/dev/zero", None),
        ("ascp-policy.yaml", "../elsewhere/world", None),
        ("ascp-policy-baseline.json", "../elsewhere/known.json", None),
        (
            "linked.json",
            "../elsewhere/known.json",
            Some("baseline = \"linked.json\"\n"),
        ),
        (
            "outside.json",
            "nowhere",
            Some("baseline = \"../elsewhere/known.json\"\n"),
        ),
    ];
    for (number, (link, target, config)) in rows.iter().enumerate() {
        let own = place.path().join(number.to_string());
        fs::create_dir_all(own.join(".git")).unwrap();
        fs::write(own.join("policy.json"), LEAK).unwrap();
        if let Some(config) = config {
            fs::write(own.join("ascp-policy.toml"), config).unwrap();
        }
        symlink(target, own.join(link)).unwrap();
        for form in ["text", "sarif"] {
            let run = run_in(&own, &["check", ".", "--output", form]);
            assert_eq!(run.code, 2, "{link}: {}{}", run.out, run.err);
            let text = run.out + &run.err;
            assert!(!text.contains("canary"), "{link}: {text}");
            let named = if *target == "nowhere" {
                "known.json"
            } else {
                link
            };
            assert!(
                text.contains(named) && text.contains("leads out of the repository"),
                "{link}: {text}"
            );
        }
    }
}

#[test]
fn a_report_replaces_a_link_and_leaves_its_file() {
    let place = folder(&[("elsewhere/file", "old"), ("own/policy.json", LEAK)]);
    let own = place.path().join("own");
    symlink("../elsewhere/file", own.join("report.sarif")).unwrap();
    symlink("../elsewhere", own.join("out")).unwrap();
    run_in(&own, &["check", ".", "--output", "sarif=report.sarif"]);
    let run = run_in(&own, &["check", ".", "--output", "sarif=out/report.sarif"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert_eq!(
        fs::read_to_string(place.path().join("elsewhere/file")).unwrap(),
        "old"
    );
    assert_eq!(
        fs::read_dir(place.path().join("elsewhere"))
            .unwrap()
            .count(),
        1
    );
    assert!(
        fs::read_to_string(own.join("report.sarif"))
            .unwrap()
            .contains("sarif")
    );
}

#[test]
fn a_change_cannot_switch_off_its_own_check() {
    let comment = "# ascp-policy: ignore[SPC129] ";
    let pod = |comment: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: a, namespace: shop }}\nspec:\n  containers: [{{ name: a, image: a }}]\n  volumes:\n{comment}    - name: data\n      csi: {{ driver: secrets-store.csi.k8s.io, volumeAttributes: {{ secretProviderClass: a }} }}\n"
        )
    };
    let base = repository(&[("policy.json", LEAK), ("pod.yaml", &pod(""))]);
    let root = base.path();
    let before = run_in(root, &["check", ".", "--output", "json"]).json();
    fs::write(root.join("pod.yaml"), pod(&format!("    {comment}new\n"))).unwrap();
    fs::write(root.join("ascp-policy.toml"), ALL).unwrap();
    let known = run_in(root, &["baseline", "create", ".", "--no-config"]);
    assert_eq!(known.code, 0, "{}", known.err);
    let own = run_in(root, &["check", "."]);
    assert_eq!(own.code, 0, "{}", own.out);
    assert!(
        own.out.contains("ascp-policy.toml: ") && own.out.contains("rules do not run"),
        "{}",
        own.out
    );
    let run = run_in(
        root,
        &["check", ".", "--config-from", "HEAD", "--output", "json"],
    );
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let codes = |code: &str| {
        findings
            .iter()
            .filter(|finding| finding["code"] == code)
            .count()
    };
    let was = before["findings"].as_array().unwrap().len();
    assert_eq!(codes("CFG108"), 3, "{}", run.out);
    assert_eq!(findings.len(), was + 3, "{}", run.out);
    // What the base accepts stays accepted.
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "y"]);
    let merged = run_in(root, &["check", ".", "--config-from", "HEAD"]);
    assert_eq!(merged.code, 0, "{}", merged.out);
    assert!(!merged.out.contains("CFG108"), "{}", merged.out);
    let unknown = run_in(root, &["check", ".", "--config-from", "nothing"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("no commit `nothing`"),
        "{}",
        unknown.err
    );
}

#[test]
fn promises_cannot_be_taken_back_by_a_change() {
    let world = |expect: &str| {
        format!(
            "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: eu-west-1\n    clusters: {{ p: {{ serviceAccounts: {{ d/a: {{}} }} }} }}\n    secrets: {{ x: {{}} }}\n{expect}"
        )
    };
    let promise = "expect:\n  pods:\n    p:d/a: { can: [read shop:x] }\n";
    let base = repository(&[("ascp-policy.yaml", &world(promise))]);
    let codes = |arguments: &[&str]| {
        let run = run_in(base.path(), arguments);
        run.out + &run.err
    };
    let before = codes(&["check", ".", "--output", "concise"]);
    assert!(before.contains("ACC101"), "{before}");
    fs::write(base.path().join("ascp-policy.yaml"), world("")).unwrap();
    let own = codes(&["check", ".", "--output", "concise"]);
    assert!(!own.contains("ACC101"), "{own}");
    let judged = codes(&["check", ".", "--output", "concise", "--config-from", "HEAD"]);
    assert!(
        judged.contains("ACC101") && judged.contains("CFG108"),
        "{judged}"
    );
}

#[test]
fn a_world_whose_promises_are_lost_is_named() {
    let facts = "ascp-policy: 1\naccounts: { shop: { id: \"111122223333\", region: eu-west-1 } }\n";
    let promise = "expect:\n  pods:\n    p:d/a: { can: [read shop:x] }\n";
    let world = format!("{facts}{promise}");
    let flow = "{ascp-policy: 1, expect: {pods: {\"p:d/a\": {can: [read shop:x]}}}}\n";
    for (file, text, path, is_lost) in [
        ("ascp-policy.yaml", world.as_str(), ".", true),
        ("team/ascp-policy.yaml", &world, ".", true),
        ("team/ascp-policy.yaml", flow, ".", true),
        ("ascp-policy.yaml", &world, "k8s", true),
        ("ascp-policy.yaml", facts, ".", false),
        ("other/ascp-policy.yaml", &world, "k8s", false),
    ] {
        let base = repository(&[
            (file, text),
            ("k8s/policy.json", "{}"),
            ("k8s/read.json", LEAK),
        ]);
        fs::remove_file(base.path().join(file)).unwrap();
        let check = [
            "check",
            path,
            "--config-from",
            "HEAD",
            "--ignore",
            "GRM,TAG",
        ];
        let run = run_in(base.path(), &check);
        assert_eq!(run.out.contains("CFG108"), is_lost, "{file}: {}", run.out);
        assert_eq!(
            run.code,
            i32::from(is_lost),
            "{file}: {}{}",
            run.out,
            run.err
        );
        // As a directory it is no world file either.
        fs::create_dir_all(base.path().join(file)).unwrap();
        let run = run_in(base.path(), &check);
        assert_eq!(run.out.contains("CFG108"), is_lost, "{file}: {}", run.out);
    }
}

#[test]
fn a_block_of_terraform_is_excepted_whatever_its_indentation() {
    let role = |name: &str, service: &str, indent: &str| {
        format!(
            "{indent}resource \"aws_iam_role\" \"{name}\" {{\n{indent}  name = \"{name}\"\n{indent}  assume_role_policy = jsonencode({{Version=\"2012-10-17\",Statement=[{{Effect=\"Allow\",Principal={{{service}}},Action=\"sts:AssumeRole\"}}]}})\n  }}\n"
        )
    };
    let excepted = role("a", "AWS=\"*\"", "");
    let leak = role("b", "AWS=\"*\"", "  ");
    let text = format!(
        "provider \"aws\" {{\n  region = \"eu-west-1\"\n}}\n# ascp-policy: ignore[PRN202] known\n{excepted}{leak}"
    );
    let place = folder(&[("main.tf", &text)]);
    let account = ["--account", "shop=111122223333", "--select", "PRN202"];
    let check = [&["check", ".", "--output", "json"][..], &account].concat();
    let answer = run_in(place.path(), &check).json();
    let objects = |name: &str| -> Vec<String> {
        let all = answer[name].as_array().unwrap().iter();
        all.map(|finding| finding["object"].to_string()).collect()
    };
    let (open, accepted) = (objects("findings"), objects("suppressed"));
    assert!(open.len() == 1 && accepted.len() == 1, "{answer:#}");
}

#[test]
fn what_is_not_read_is_named_in_every_form() {
    let place = folder(&[
        ("policy.json", LEAK),
        ("chart.yaml", crate::support::TEMPLATE),
    ]);
    for form in crate::support::forms() {
        let run = run_in(place.path(), &["check", ".", "--output", form]);
        let text = run.out + &run.err;
        assert!(text.contains("chart.yaml"), "{form}: {text}");
    }
    let arguments = [
        "check",
        ".",
        "--fail-on",
        "undecided",
        "--severity-threshold",
        "critical",
        "--ignore",
        "ALL",
    ];
    let run = run_in(place.path(), &arguments);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
}

#[test]
fn what_settles_a_world_comes_from_the_base() {
    let world = |rest: &str| {
        format!(
            "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: eu-west-1\n    clusters: {{ p: {{ serviceAccounts: {{ d/a: {{}} }} }} }}\n    secrets: {{ x: {{}} }}\n{rest}"
        )
    };
    let base = repository(&[("ascp-policy.yaml", &world("closed: []\n"))]);
    let messages = |name: &str, text: &str| {
        fs::write(base.path().join(name), text).unwrap();
        let arguments = ["check", ".", "--output", "json", "--config-from", "HEAD"];
        let run = run_in(base.path(), &arguments);
        let report = run.json();
        let findings = report["findings"].as_array().unwrap();
        let changes = findings
            .iter()
            .filter(|finding| finding["code"] == "CFG108");
        let messages: Vec<_> = changes
            .map(|change| change["message"].to_string())
            .collect();
        (messages, run.code)
    };
    let own = "closed: all\nexternals: { roles: ['*'] }\ngiven: { aws:SourceIp: 1.2.3.4 }\n";
    let (changes, _) = messages("ascp-policy.yaml", &world(own));
    assert_eq!(
        changes,
        [
            "\"`closed`, `externals`, `given` of `ascp-policy.yaml` differ from the base: `check` applies the text of the base\""
        ]
    );
    let (changes, _) = messages("ascp-policy.yaml", &world("closed: []\n"));
    assert!(changes.is_empty(), "{changes:?}");
    let other = world("closed: []\n").replace("d/a", "d/b");
    let (changes, _) = messages("ascp-policy.yaml", &other);
    assert_eq!(
        changes,
        [
            "\"facts of `ascp-policy.yaml` differ from the base: `check` applies those of the change\""
        ]
    );
    messages("ascp-policy.yaml", &world("closed: []\n"));
    fs::create_dir(base.path().join("new")).unwrap();
    let (changes, _) = messages("new/ascp-policy.yaml", &world("closed: all\n"));
    assert!(
        changes
            .iter()
            .all(|change| change.contains("the base has no `new/ascp-policy.yaml`")),
        "{changes:?}"
    );
    let arguments = ["check", "new", "--output", "json", "--config-from", "HEAD"];
    let run = run_in(base.path(), &arguments);
    assert!(
        run.out.contains("the base has no"),
        "{}{}",
        run.out,
        run.err
    );
}

/// An exception of the base is not moved to another statement with the same first line.
#[test]
fn an_exception_stays_with_its_element() {
    let policy = |name: &str, action: &str| {
        format!(
            "  {name}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - Effect: Allow{action}\n            Action: secretsmanager:GetSecretValue\n            Resource: \"*\"\n"
        )
    };
    let template = |first: &str, second: &str| {
        let (first, second) = (policy("First", first), policy("Second", second));
        format!("AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n{first}{second}")
    };
    let exception = " # ascp-policy: ignore[GRM] known";
    let base = repository(&[("stack.yaml", &template(exception, ""))]);
    let codes = |text: &str| {
        fs::write(base.path().join("stack.yaml"), text).unwrap();
        let check = ["check", ".", "--output", "concise", "--config-from", "HEAD"];
        run_in(base.path(), &check).out.contains("CFG108")
    };
    assert!(!codes(&template(exception, "")));
    assert!(!codes(&format!("# new\n{}", template(exception, ""))));
    assert!(codes(&template("", exception)));
    assert!(codes(&template(exception, exception)));
}

#[test]
fn a_world_in_another_encoding_does_not_bring_its_own_promises() {
    let place = repository(&[(
        "ascp-policy.yaml",
        "ascp-policy: 1\naccounts: { shop: { id: \"111122223333\", region: eu-west-1 } }\n",
    )]);
    let mut bytes = vec![0xff, 0xfe];
    let text = "ascp-policy: 1\naccounts: { shop: { id: \"111122223333\", region: eu-west-1 } }\nexpect: {}\n";
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    fs::write(place.path().join("ascp-policy.yaml"), bytes).unwrap();
    let judged = run_in(place.path(), &["check", ".", "--config-from", "HEAD"]);
    let output = judged.out + &judged.err;
    assert!(output.contains("CFG108"), "{output}");
    let plain = run_in(place.path(), &["check", "."]);
    assert!(!plain.out.contains("CFG108"), "{}", plain.out);
}
