//! `collect`: the script asks for metadata alone, and what it saves is read.

use super::support::{fixtures, folder, run_in};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

/// Stands in for the AWS CLI: answers from the fixture, refuses the rest, and writes down what it was asked.
const AWS: &str = r#"#!/bin/sh
echo "$1 $2" >>"$CALLS"
case "$*" in
    "sts get-caller-identity"*) echo '{"Account": "111122223333"}' ;;
    "eks describe-cluster --name prod "*) cat "$DUMPS/cluster.json" ;;
    "eks list-pod-identity-associations"*) printf 'dev-app\tqa-app\n' ;;
    "eks describe-pod-identity-association"*) cat "$DUMPS/association.$6.json" ;;
    "iam get-account-authorization-details"*) cat "$DUMPS/account-authorization-details.json" ;;
    "secretsmanager list-secrets"*) printf 'arn:a:b:c:d:secret:dev-db\narn:a:b:c:d:secret:qa-db\n' ;;
    "secretsmanager describe-secret"*) cat "$DUMPS/secret.${4##*:}.json" ;;
    "secretsmanager get-resource-policy"*dev*) echo '{"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-n3XkQ8", "Name": "dev/db"}' ;;
    "kms list-keys"*) echo 1234abcd-12ab-34cd-56ef-1234567890ab ;;
    "kms describe-key"*KeyManager\ *) echo CUSTOMER ;;
    "kms list-resource-tags"*) echo '{"Tags": [], "Truncated": false}' ;;
    "ssm describe-parameters"*Parameters\[\].Name*) echo /app/url ;;
    "ssm describe-parameters"*\{Parameters*) echo '{"Parameters": [{"Name": "/app/url", "ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/app/url", "Type": "String", "KeyId": null, "Tier": "Standard"}]}' ;;
    "ssm list-tags-for-resource"*) echo '{"TagList": []}' ;;
    *) echo "An error occurred (AccessDeniedException)" >&2; exit 254 ;;
esac
"#;

#[test]
fn the_script_saves_what_is_read_and_asks_for_no_value() {
    let printed = run_in(folder(&[]).path(), &["collect", "--print-script"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let world = "ascp-policy: 1\ninclude:\n  - { path: dumps/, account: shop, region: us-east-1 }\naccounts:\n  shop: { id: \"111122223333\" }\n";
    let folder = folder(&[
        ("collect.sh", &printed.out),
        ("bin/aws", AWS),
        ("ascp-policy.yaml", world),
    ]);
    let bin = folder.path().join("bin");
    fs::set_permissions(bin.join("aws"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["collect.sh", "prod"])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("CALLS", folder.path().join("calls"))
        .env("DUMPS", fixtures().join("worlds/blog-single-account/aws"))
        .output()
        .unwrap();
    // Some calls are denied: the rest is saved, and the script fails.
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("failed: aws kms get-key-policy"), "{text}");
    assert!(
        text.contains("failed: aws ssm describe-parameters"),
        "{text}"
    );
    let count = text.matches("failed: aws").count();
    let last = format!("{count} calls failed: the facts behind them stay unknown\n");
    assert!(text.ends_with(&last), "{text}");
    assert!(!folder.path().join("dumps/.failures").exists());

    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    for call in calls.lines() {
        let (_, operation) = call.split_once(' ').unwrap();
        let reads = ["list-", "describe-", "get-"]
            .iter()
            .any(|start| operation.starts_with(start));
        let is_value = [
            "get-secret-value",
            "get-parameter",
            "get-parameters",
            "get-parameters-by-path",
        ]
        .contains(&operation);
        assert!(reads && !is_value, "{call}");
    }

    let run = run_in(folder.path(), &["snapshot"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let inventory = &run.json()["inventory"];
    let count = |name: &str| inventory[name].as_array().unwrap().len();
    assert_eq!(
        [
            "clusters",
            "associations",
            "roles",
            "secrets",
            "parameters",
            "keys"
        ]
        .map(count),
        [1, 2, 1, 2, 1, 1]
    );
    // Known to have no tags, and a policy that is not known.
    let tags = inventory["parameters"][0]["tags"].as_object().unwrap();
    assert!(!tags.contains_key("list") && !tags.contains_key("open"));
    assert!(inventory["keys"][0]["policy"].get("unknown").is_some());
}

#[test]
fn without_the_flag_the_command_describes_itself() {
    let run = run_in(folder(&[]).path(), &["collect"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("--print-script"), "{}", run.err);
}
