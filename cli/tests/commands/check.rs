//! `check` beside its findings: gates, the default baseline, undecided mounts, `--given`, `--against`, the width of text.

use super::support::{LEAK, MOUNTS, Run, TEMPLATE, fixtures, folder, run_in};
use std::{fs, path::Path, process::Command};

/// A policy without a finding.
const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*" }]
}
"#;

fn check(folder: &Path, more: &[&str]) -> Run {
    let arguments: Vec<&str> = ["check", "--output", "json"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    run_in(folder, &arguments)
}

#[test]
fn a_baseline_takes_effect_without_a_configuration() {
    let folder = folder(&[("read.json", LEAK)]);
    assert_eq!(check(folder.path(), &[]).code, 1);
    let run = run_in(folder.path(), &["baseline", "create"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert_eq!(run.json()["summary"]["baselined"], 1);
    // Beside a configuration in a directory above.
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("ascp-policy.toml"), "").unwrap();
    fs::write(folder.path().join("below/read.json"), LEAK).unwrap();
    let below = folder.path().join("below");
    fs::remove_file(folder.path().join("ascp-policy-baseline.json")).unwrap();
    assert_eq!(check(&below, &[]).code, 1);
    assert_eq!(run_in(&below, &["baseline", "create"]).code, 0);
    assert!(folder.path().join("ascp-policy-baseline.json").is_file());
    assert_eq!(check(&below, &[]).code, 0);
}

#[test]
fn undecided_mounts_and_unread_inputs_can_fail_a_run() {
    let gate = |files: &[(&str, &str)], arguments: &[&str]| {
        let folder = folder(files);
        check(folder.path(), arguments).code
    };
    let mounts = ("app.yaml", MOUNTS);
    assert_eq!(gate(&[mounts], &[]), 0);
    assert_eq!(gate(&[mounts], &["--fail-on", "high"]), 0);
    assert_eq!(gate(&[mounts], &["--fail-on", "undecided"]), 3);
    assert_eq!(
        gate(&[mounts], &["--fail-on", "undecided", "--exit-zero"]),
        0
    );
    let leak = ("read.json", LEAK);
    assert_eq!(gate(&[mounts, leak], &["--fail-on", "high,undecided"]), 1);
    let template = ("chart/templates/a.yaml", TEMPLATE);
    assert_eq!(
        gate(
            &[template, ("read.json", POLICY)],
            &["--fail-on", "undecided"]
        ),
        3
    );
    for text in ["\"undecided\"", "[\"critical\", \"undecided\"]"] {
        let config = format!("fail-on = {text}\n");
        assert_eq!(gate(&[mounts, ("ascp-policy.toml", &config)], &[]), 3);
    }
    assert_eq!(gate(&[mounts], &["--fail-on", "open"]), 2);
}

#[test]
fn quiet_still_names_unread_inputs() {
    let folder = folder(&[("chart/templates/a.yaml", TEMPLATE), ("p.json", POLICY)]);
    let run = run_in(folder.path(), &["check", "--quiet"]);
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        (
            "",
            "not read: 1 template (chart/templates/a.yaml): render it first, for instance with `helm template`\n"
        )
    );
}

#[test]
fn mounts_that_miss_the_same_facts_are_one_entry() {
    let second = MOUNTS.replace("name: app, namespace: shop", "name: app, namespace: other");
    let folder = folder(&[("app.yaml", MOUNTS), ("other.yaml", &second)]);
    let run = run_in(folder.path(), &["check"]);
    assert_eq!(run.out.matches("undecided: it is unknown").count(), 1);
    for line in [
        "undecided: it is unknown whether 2 pods (cluster:shop/app, cluster:other/app) can read 2 objects",
        "note: missing: association of cluster:shop/app, cluster:other/app\n",
        "note: missing: secret shop/one in us-east-1, shop/two in us-east-1\n",
    ] {
        let words = run.out.split_whitespace().filter(|word| *word != "│");
        let text = words.collect::<Vec<_>>().join(" ");
        assert!(text.contains(line.trim_end()), "{line}{}", run.out);
    }
    assert_eq!(run.out.matches("help: ").count(), 1, "{}", run.out);
    // The most severe findings come first, each with its severity.
    let worlds = fixtures().join("worlds/broken-misspelt-session-tag");
    let run = run_in(&worlds, &["check"]);
    assert!(run.out.contains("× high TAG101 misspelt"), "{}", run.out);
}

#[test]
fn several_info_findings_of_a_rule_are_one_entry() {
    let policy = POLICY.replace("\"s3:GetObject\"", "[\"s3:GetObject\", \"s3:GetObject\"]");
    let names = ["a.json", "b.json", "c.json", "d.json", "e.json"];
    let folder = folder(&names.map(|name| (name, policy.as_str())));
    let run = run_in(folder.path(), &["check"]);
    assert_eq!(run.out.matches("info RED114").count(), 1, "{}", run.out);
    let note = "note: 4 further findings of this rule: b.json:3, c.json:3, d.json:3 and 1 more; `--verbose` prints each\n";
    assert!(run.out.contains(note), "{}", run.out);
    assert!(run.out.contains("\n5 findings; "), "{}", run.out);
    let run = run_in(folder.path(), &["check", "--verbose"]);
    assert_eq!(run.out.matches("info RED114").count(), 5, "{}", run.out);
}

#[test]
fn given_keys_count_in_check() {
    let world = "ascp-policy: 1
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters:
      prod:
        serviceAccounts:
          pay/api: { association: reader, mounts: [db] }
    roles:
      reader:
        trust: pod-identity
        policies:
          read:
            - { Effect: Allow, Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret], Resource: \"*\" }
            - Effect: Deny
              Action: secretsmanager:*
              Resource: \"*\"
              Condition: { StringNotEquals: { aws:SourceVpce: vpce-0aaa1111bbb2222cc } }
    secrets:
      db: {}
    endpoints:
      one: { service: secretsmanager, id: vpce-0aaa1111bbb2222cc }
";
    let folder = folder(&[("ascp-policy.yaml", world)]);
    let working = |given: &str| {
        let run = check(folder.path(), &["--given", given]);
        run.json()["summary"]["working"].as_u64().unwrap()
    };
    assert_eq!(working("aws:SourceVpce=vpce-0aaa1111bbb2222cc"), 1);
    assert_eq!(working("aws:SourceVpce=vpce-99999999"), 0);
}

#[test]
fn a_comparison_names_the_inputs_that_the_other_side_lacks() {
    let folder = folder(&[
        ("now/app.yaml", MOUNTS),
        ("now/read.json", POLICY),
        ("before/app.yaml", MOUNTS),
    ]);
    let run = run_in(folder.path(), &["check", "now", "--against", "before"]);
    assert!(
        run.out.contains(
            "note: `--against before` contains no file such as `now/read.json` (a policy): "
        ),
        "{}",
        run.out
    );
    let run = run_in(folder.path(), &["check", "now", "--against", "now"]);
    assert!(!run.out.contains("contains no file"), "{}", run.out);
}

/// Runs a command on a terminal of 60 columns.
const TERMINAL: &str = "
import fcntl, os, pty, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
os.waitpid(child, 0)
";

#[cfg(unix)]
#[test]
fn text_fits_the_terminal() {
    let folder = fixtures().join("worlds/broken-misspelt-session-tag");
    let program = assert_cmd::cargo::cargo_bin("ascp-policy");
    let output = Command::new("python3")
        .args(["-c", TERMINAL])
        .arg(program)
        .args(["check", "--color", "never"])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let title: Vec<_> = text.lines().take(3).map(str::trim_end).collect();
    assert!(
        title.iter().all(|line| line.chars().count() <= 60) && title[2].starts_with("  │ "),
        "{text}"
    );
}

#[test]
fn a_volume_that_the_driver_rejects_is_no_mount_that_works() {
    let world = "ascp-policy: 1
about: x
include:
  - { path: app.yaml, cluster: prod }
closed: all
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { shop/app: { association: reader } } } }
    secrets: { shop/one: {}, shop/two: {} }
    roles:
      reader:
        trust: pod-identity
        policies: { r: [{ Effect: Allow, Action: [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"], Resource: \"*\" }] }
";
    let manifest = MOUNTS.replace("readOnly: true", "readOnly: false");
    let folder = folder(&[("ascp-policy.yaml", world), ("app.yaml", &manifest)]);
    let run = run_in(folder.path(), &["check"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("\n1 finding;"), "{}", run.out);
    assert!(run.out.contains("0 of 2 mounts work"), "{}", run.out);
    let run = run_in(folder.path(), &["simulate", "prod:shop/app", "shop/one"]);
    assert_eq!(run.code, 1, "{}", run.out);
}

#[test]
fn copies_of_a_policy_are_one_block() {
    let policy = r#"{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": ["eks:Create*", "ssm:GetParameter"], "Resource": "*" }] }"#;
    let other = policy.replace("eks:Create*", "eks:CreatePodIdentityAssociation");
    let folder = folder(&[
        ("a/p.json", policy),
        ("b/p.json", policy),
        ("c/q.json", policy),
        ("d/p.json", &other),
    ]);
    let run = run_in(folder.path(), &["check"]);
    assert_eq!(run.out.matches("high ESC114").count(), 2, "{}", run.out);
    let note = "2 further findings of this text: b/p.json:1, c/q.json:1; `--verbose` prints each";
    assert!(run.out.contains(note), "{}", run.out);
    assert!(run.out.contains("\n4 findings;"), "{}", run.out);
    let run = run_in(folder.path(), &["check", "--verbose"]);
    assert_eq!(run.out.matches("high ESC114").count(), 4, "{}", run.out);
}

#[test]
fn pods_of_no_known_cluster_miss_their_cluster() {
    let terraform = ["prod", "test"].map(|name| {
        format!("resource \"aws_eks_cluster\" \"{name}\" {{\n  name     = \"shop-{name}\"\n  role_arn = \"arn:aws:iam::111122223333:role/eks\"\n  vpc_config {{ subnet_ids = [] }}\n}}\n")
    });
    let terraform = format!(
        "provider \"aws\" {{ region = \"us-east-1\" }}\n{}",
        terraform.concat()
    );
    let folder = folder(&[("infra/main.tf", &terraform), ("k8s/app.yaml", MOUNTS)]);
    let run = run_in(
        folder.path(),
        &[
            "check",
            ".",
            "--account",
            "shop=111122223333",
            "--width",
            "300",
        ],
    );
    for line in [
        "note: missing: which cluster runs these pods (shop-prod, shop-test)\n",
        "help: state the cluster of the manifests: `--cluster NAME`, or `- { path: k8s, cluster: NAME }` under `include`",
    ] {
        assert!(run.out.contains(line), "{line}\n{}", run.out);
    }
    assert!(!run.out.contains("missing: association"), "{}", run.out);
}

/// A path below a world narrows the findings; those at other places are counted, since a fact below the path may be their reason.
#[test]
fn findings_in_other_files_of_the_world_are_counted() {
    let open = r#"{"Role":{"RoleName":"other","Arn":"arn:aws:iam::111122223333:role/other","Path":"/","RoleId":"AROAEXAMPLE","CreateDate":"2026-01-01","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}}}"#;
    let world = "ascp-policy: 1\ninclude: [{ path: iam/, account: shop }, { path: k8s/, cluster: prod }]\naccounts: { shop: { id: \"111122223333\", region: us-east-1 } }\n";
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: dev }\n";
    let folder = folder(&[
        ("ascp-policy.yaml", world),
        ("iam/role.json", open),
        ("k8s/a.yaml", account),
    ]);
    let line = "1 finding of the world is in other files";
    for (path, is_counted) in [("k8s", true), ("iam", false), (".", false)] {
        let run = run_in(folder.path(), &["check", path]);
        let text = run.out + &run.err;
        assert_eq!(text.contains(line), is_counted, "{path}: {text}");
    }
}
