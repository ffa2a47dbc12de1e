//! Every broken world has exactly one finding, at its cause, with the change to make.

use crate::support::{fixtures, run_in};
use expect_test::expect_file;

/// World, code, file, line, column, and a part of the change.
const WORLDS: [(&str, &str, &str, u64, u64, &str); 18] = [
    (
        "untagged-secret",
        "SCT101",
        "aws/secret.dev-db.json",
        7,
        13,
        "add the tags kubernetes-namespace = dev",
    ),
    (
        "wrong-tag-value",
        "SCT106",
        "aws/secret.dev-db.json",
        10,
        22,
        "\"Value\": \"dev\"",
    ),
    (
        "misspelt-session-tag",
        "TAG101",
        "aws/account-authorization-details.json",
        42,
        112,
        "did you mean `kubernetes-namespace`?",
    ),
    (
        "policy-version-2008",
        "TAG115",
        "aws/account-authorization-details.json",
        31,
        36,
        "\"Version\": \"2012-10-17\"",
    ),
    (
        "trust-without-tag-session",
        "POD102",
        "aws/account-authorization-details.json",
        19,
        35,
        "\"Action\": [\"sts:AssumeRole\", \"sts:TagSession\"]",
    ),
    (
        "wrong-service-principal",
        "POD101",
        "aws/account-authorization-details.json",
        17,
        40,
        "\"Service\": \"pods.eks.amazonaws.com\"",
    ),
    (
        "no-association",
        "SPC121",
        "k8s/deployments.yaml",
        18,
        27,
        "aws eks create-pod-identity-association",
    ),
    (
        "association-of-other-namespace",
        "SPC122",
        "aws/association.dev-app.json",
        4,
        22,
        "\"namespace\": \"dev\"",
    ),
    (
        "session-tags-disabled",
        "POD210",
        "aws/association.dev-app.json",
        12,
        31,
        "\"disableSessionTags\": false",
    ),
    (
        "irsa-instead-of-pod-identity",
        "SPC120",
        "k8s/secretproviderclasses.yaml",
        8,
        3,
        "usePodIdentity: \"true\"",
    ),
    (
        "boundary-silent",
        "XAC110",
        "aws/account-authorization-details.json",
        82,
        43,
        "add \"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\" to Action of statement 1 of pod-boundary",
    ),
    (
        "scp-denies",
        "XAC108",
        "policies/scp-guard.json",
        7,
        23,
        "statement `DenyLeaving` of guard",
    ),
    (
        "wrong-region",
        "SCT113",
        "k8s/secretproviderclasses.yaml",
        9,
        13,
        "region: us-east-1",
    ),
    (
        "aws-managed-key-across-accounts",
        "KMS106",
        "aws/vault/secret.dev-db.json",
        3,
        13,
        "customer managed key (KmsKeyId)",
    ),
    (
        "key-policy-names-other-role",
        "KMS101",
        "aws/vault/key-policy.6c1d4a52-8f0b-4a37-9d2e-3b7f51c0e894.json",
        2,
        400,
        "did you mean `role/pod-reader`?",
    ),
    (
        "resource-policy-missing",
        "XAC101",
        "aws/vault/resource-policy.dev-db.json",
        3,
        13,
        "attach a resource policy that allows secretsmanager:GetSecretValue",
    ),
    (
        "resource-arn-without-suffix",
        "SCT109",
        "aws/shop/account-authorization-details.json",
        47,
        45,
        "secret:dev/db-??????",
    ),
    (
        "wrong-region-arn",
        "SPC106",
        "k8s/secretproviderclasses.yaml",
        9,
        13,
        "region: us-east-1",
    ),
];

#[test]
fn each_broken_world_has_one_finding_at_its_cause() {
    for (name, code, file, line, column, change) in WORLDS {
        let folder = fixtures().join(format!("worlds/broken-{name}"));
        let run = run_in(&folder, &["check", "--output", "json"]);
        assert_eq!(run.code, 1, "{name}: {}", run.err);
        let answer = run.json();
        let findings = answer["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{name}: {}", run.out);
        let finding = &findings[0];
        let place = &finding["locations"][0];
        assert_eq!(place["primary"], true, "{name}");
        assert_eq!(
            (
                finding["code"].as_str().unwrap(),
                place["file"].as_str().unwrap()
            ),
            (code, file),
            "{name}: {}",
            run.out
        );
        assert_eq!(
            (
                place["line"].as_u64().unwrap(),
                place["column"].as_u64().unwrap()
            ),
            (line, column),
            "{name}"
        );
        let help = finding["help"].as_str().unwrap();
        assert!(help.contains(change), "{name}: {help}");
    }
}

#[test]
fn each_broken_world_reads_as_expected() {
    for (name, ..) in WORLDS {
        let folder = fixtures().join(format!("worlds/broken-{name}"));
        let run = run_in(&folder, &["check"]);
        expect_file![folder.join("expected.txt")].assert_eq(&run.timeless());
    }
}

#[test]
fn every_broken_world_is_in_the_table() {
    let folders = std::fs::read_dir(fixtures().join("worlds")).unwrap();
    let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut broken: Vec<_> = names
        .filter_map(|name| Some(name.strip_prefix("broken-")?.to_owned()))
        .collect();
    broken.sort();
    let mut known: Vec<_> = WORLDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    known.sort();
    assert_eq!(broken, known);
}

#[test]
fn worlds_below_a_path_are_checked_each_on_its_own() {
    let run = run_in(&fixtures(), &["check", "worlds", "--output", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let answer = run.json();
    assert_eq!(answer["findings"].as_array().unwrap().len(), WORLDS.len());
    assert_eq!(answer["summary"]["undecided"], 0);
}

#[test]
fn the_unbroken_scenarios_have_no_finding() {
    for name in ["blog-single-account", "blog-cross-account"] {
        let run = run_in(
            &fixtures().join("worlds").join(name),
            &["check", "--output", "json"],
        );
        assert_eq!(run.code, 0, "{name}: {}", run.out);
        let summary = &run.json()["summary"];
        assert_eq!(
            (&summary["findings"], &summary["undecided"]),
            (&0.into(), &0.into()),
            "{name}"
        );
        assert_eq!(summary["mounts"], summary["working"], "{name}");
    }
}

#[test]
fn every_fix_makes_its_world_work() {
    for (name, ..) in WORLDS {
        let folder = fixtures().join(format!("worlds/broken-{name}"));
        let answer = run_in(&folder, &["check", "--output", "json"]).json();
        let fix = &answer["findings"][0]["fix"];
        if fix.is_null() {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        copy_tree(&folder, copy.path());
        for edit in fix["edits"].as_array().unwrap() {
            apply(copy.path(), edit);
        }
        let run = run_in(copy.path(), &["check"]);
        assert_eq!(run.code, 0, "{name}: {}", run.out);
    }
}

pub(crate) fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Applies an edit; lines and columns count from one, columns in characters.
pub(crate) fn apply(folder: &std::path::Path, edit: &serde_json::Value) {
    let file = folder.join(edit["file"].as_str().unwrap());
    let text = std::fs::read_to_string(&file).unwrap();
    let number = |name: &str| usize::try_from(edit[name].as_u64().unwrap()).unwrap();
    let offset = |line: usize, column: usize| {
        let start: usize = text
            .split_inclusive('\n')
            .take(line - 1)
            .map(str::len)
            .sum();
        let rest = text.get(start..).unwrap();
        start
            + rest
                .chars()
                .take(column - 1)
                .map(char::len_utf8)
                .sum::<usize>()
    };
    let start = offset(number("line"), number("column"));
    let end = offset(number("endLine"), number("endColumn"));
    let (before, after) = (text.get(..start).unwrap(), text.get(end..).unwrap());
    let changed = format!("{before}{}{after}", edit["text"].as_str().unwrap());
    std::fs::write(file, changed).unwrap();
}
