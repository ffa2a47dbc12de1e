//! `snapshot`: what the provider reads, and that no value is in it.

use super::support::{fixtures, folder, run_in};
use policy_engine::{simulator::Simulator, snapshot::Snapshot};
use serde_json::json;

fn copy_of(world: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let from = fixtures().join("worlds").join(world);
    for entry in ignore::WalkBuilder::new(&from).build().map(Result::unwrap) {
        let to = copy.path().join(entry.path().strip_prefix(&from).unwrap());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
        } else {
            std::fs::copy(entry.path(), &to).unwrap();
        }
    }
    copy
}

#[test]
fn a_snapshot_has_its_schema_date_and_commit() {
    let world = copy_of("blog-single-account");
    let git = world.path().join(".git/refs/heads");
    std::fs::create_dir_all(&git).unwrap();
    std::fs::write(world.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let commit = "4f1c2aa0000000000000000000000000000000aa";
    std::fs::write(git.join("main"), format!("{commit}\n")).unwrap();
    let run = run_in(world.path(), &["snapshot"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let snapshot = Snapshot::read(run.out.as_bytes()).unwrap();
    assert_eq!(snapshot.built, "2025-11-24T16:00:00Z");
    assert_eq!(snapshot.commit.as_deref(), Some(commit));
    assert!(!Simulator::new(&snapshot.inventory).mounts().is_empty());
    assert!(run.err.starts_with("snapshot: "), "{}", run.err);
    assert!(
        run.err.contains(&format!("{} bytes", run.out.len())),
        "{}",
        run.err
    );
    assert_eq!(
        run_in(world.path(), &["snapshot"]).out,
        run.out,
        "the same bytes again"
    );

    // Packed, and into a file.
    std::fs::remove_file(git.join("main")).unwrap();
    let packed = format!("# pack-refs\n{commit} refs/heads/main\n");
    std::fs::write(world.path().join(".git/packed-refs"), packed).unwrap();
    let to_file = run_in(world.path(), &["snapshot", "--out", "s.json", "--quiet"]);
    assert_eq!((to_file.out.as_str(), to_file.err.as_str()), ("", ""));
    let written = std::fs::read_to_string(world.path().join("s.json")).unwrap();
    assert_eq!(written, run.out);

    let committed = run_in(world.path(), &["snapshot", "--commit", "v1.2_x"]);
    assert_eq!(
        Snapshot::read(committed.out.as_bytes())
            .unwrap()
            .commit
            .as_deref(),
        Some("v1.2_x")
    );
    let wrong = run_in(world.path(), &["snapshot", "--commit", "a b\u{1b}[0m"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(!wrong.err.contains('\u{1b}'));
}

#[test]
fn git_is_followed_only_inside() {
    let world = copy_of("blog-single-account");
    let outside = folder(&[("HEAD", "4f1c2aa0000000000000000000000000000000aa\n")]);
    let git = world.path().join(".git");
    for head in [
        "ref: refs/../../x\n",
        "ref: /etc/passwd\n",
        "not a hash\n",
        "ref: refs/heads/none\n",
        "",
    ] {
        std::fs::create_dir_all(&git).unwrap();
        std::fs::write(git.join("HEAD"), head).unwrap();
        let run = run_in(world.path(), &["snapshot"]);
        let snapshot = Snapshot::read(run.out.as_bytes()).unwrap();
        assert_eq!(snapshot.commit, None, "{head}");
    }
    std::fs::remove_dir_all(&git).unwrap();
    std::os::unix::fs::symlink(outside.path(), &git).unwrap();
    let run = run_in(world.path(), &["snapshot"]);
    assert_eq!(Snapshot::read(run.out.as_bytes()).unwrap().commit, None);
}

#[test]
fn what_cannot_be_read_is_no_snapshot() {
    let broken = folder(&[(
        "ascp-policy.yaml",
        "ascp-policy: 1\naccounts: { a: { id: 1 } }\n",
    )]);
    let run = run_in(broken.path(), &["snapshot", "--out", "s.json"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(!broken.path().join("s.json").exists());
    let world = copy_of("blog-single-account");
    let run = run_in(world.path(), &["snapshot", "--output", "sarif"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("`snapshot` writes JSON only"),
        "{}",
        run.err
    );
    let run = run_in(world.path(), &["snapshot", "--cluster", "prdo"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.err.contains("there is no cluster `prdo`"),
        "{}",
        run.err
    );
}

/// Two clusters, each with its pod, role, key and secret.
const TWO: &str = "ascp-policy: 1
accounts:
  main:
    id: \"111122223333\"
    region: us-east-1
    clusters:
      blue:
        serviceAccounts: { dev/app: { association: blue, mounts: [blue/db] } }
      green:
        serviceAccounts: { dev/app: { association: green, mounts: [green/db] } }
    roles:
      blue: { trust: pod-identity }
      green: { trust: pod-identity }
    keys: { blue: { policy: default }, green: { policy: default } }
    secrets:
      blue/db: { key: blue }
      green/db: { key: green }
expect:
  pods:
    blue:dev/app: { cannot: [read blue/db] }
    green:dev/app: { cannot: [read green/db] }
";

#[test]
fn one_cluster_keeps_what_its_pods_name() {
    let world = folder(&[("ascp-policy.yaml", TWO)]);
    let whole = run_in(world.path(), &["snapshot"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let run = run_in(world.path(), &["snapshot", "--cluster", "blue"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let read = |text: &str| Snapshot::read(text.as_bytes()).unwrap();
    let (whole, blue) = (read(&whole.out), read(&run.out));
    let count = |snapshot: &Snapshot| {
        let world = &snapshot.inventory;
        (
            world.clusters.len(),
            world.pods().len(),
            world.roles.len(),
            world.keys.len(),
            world.secrets.len(),
            snapshot.promises.pods.len(),
        )
    };
    assert_eq!(
        (count(&whole), count(&blue)),
        ((2, 2, 2, 2, 2, 2), (1, 1, 1, 1, 1, 1))
    );
    assert_eq!(blue.inventory.secrets.first().unwrap().name, "blue/db");
}

#[test]
fn a_snapshot_too_large_for_a_config_map_gets_a_warning() {
    let secrets: String = (0..9000)
        .map(|number| format!("      team-{number}/a-secret-with-a-long-name: {{ tags: {{ team: a-{number} }} }}\n"))
        .collect();
    let text = format!(
        "ascp-policy: 1\naccounts:\n  main:\n    id: \"111122223333\"\n    region: us-east-1\n    secrets:\n{secrets}"
    );
    let world = folder(&[("ascp-policy.yaml", &text)]);
    let run = run_in(world.path(), &["snapshot", "--quiet"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.err.contains("a ConfigMap holds at most 1048576"),
        "{}",
        run.err
    );
}

#[test]
fn no_value_of_a_secret_is_in_a_snapshot() {
    let plan = json!({ "format_version": "1.2", "planned_values": { "root_module": { "resources": [
        { "address": "aws_secretsmanager_secret.a", "mode": "managed", "type": "aws_secretsmanager_secret", "name": "a",
          "values": { "name": "a", "arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf" } },
        { "address": "aws_secretsmanager_secret_version.a", "mode": "managed", "type": "aws_secretsmanager_secret_version",
          "name": "a", "values": { "secret_id": "a", "secret_string": "c4n4ry", "version_id": "c4n4ry-2" } },
        { "address": "aws_ssm_parameter.p", "mode": "managed", "type": "aws_ssm_parameter", "name": "p",
          "values": { "name": "/p", "type": "SecureString", "value": "c4n4ry" } } ] } } });
    let state = json!({ "version": 4, "terraform_version": "1.9.0", "resources": [
        { "mode": "managed", "type": "aws_ssm_parameter", "name": "q", "instances": [ { "attributes": {
          "name": "/q", "arn": "arn:aws:ssm:us-east-1:111122223333:parameter/q", "type": "SecureString", "value": "c4n4ry" } } ] } ] });
    let inputs = folder(&[
        ("plan.json", &plan.to_string()),
        ("state.json", &state.to_string()),
        (
            "parameters.json",
            "{ \"Parameters\": [ { \"Name\": \"/r\", \"Type\": \"SecureString\", \"Value\": \"c4n4ry\", \"ARN\": \"arn:aws:ssm:us-east-1:111122223333:parameter/r\" } ] }",
        ),
        (
            "value.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:b-AAAAAA\", \"Name\": \"b\", \"SecretString\": \"c4n4ry\" }",
        ),
        (
            "describe.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:c-AAAAAA\", \"Name\": \"c\", \"Tags\": [], \"Nested\": { \"SecretBinary\": \"c4n4ry\" } }",
        ),
        (
            "k8s.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: { name: s, annotations: { kubectl.kubernetes.io/last-applied-configuration: c4n4ry } }\ndata: { a: c4n4ry }\nstringData: { b: c4n4ry }\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: app, namespace: dev }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: dev }\nspec:\n  containers: [{ name: a, image: i, env: [{ name: A, value: c4n4ry }] }]\n  volumes: [{ name: v, csi: { driver: secrets-store.csi.k8s.io, volumeAttributes: { secretProviderClass: db } } }]\n",
        ),
    ]);
    let run = run_in(
        inputs.path(),
        &[
            "snapshot",
            "--account",
            "main=111122223333",
            "--region",
            "us-east-1",
            "--verbose",
            ".",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        !run.out.contains("c4n4ry") && !run.err.contains("c4n4ry"),
        "{}\n{}",
        run.out,
        run.err
    );
    let snapshot = Snapshot::read(run.out.as_bytes()).unwrap();
    assert_eq!(
        (
            snapshot.inventory.secrets.len(),
            snapshot.inventory.parameters.len()
        ),
        (2, 3)
    );
    assert_eq!(snapshot.inventory.workloads.len(), 1);
}

#[cfg(not(feature = "live"))]
#[test]
fn a_program_without_the_feature_names_the_feature() {
    let world = folder(&[]);
    let run = run_in(world.path(), &["snapshot", "--live"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("cargo install --path cli --features live"),
        "{}",
        run.err
    );
    let alone = run_in(world.path(), &["snapshot", "--profile", "dev"]);
    assert_eq!(alone.code, 2);
}
