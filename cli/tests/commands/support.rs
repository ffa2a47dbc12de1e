//! Runs the program so that nothing of its surroundings shows.

use ascp_policy::args::Form;
use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a run printed, and how it ended.
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// The forms in which `check` reports.
pub(crate) fn forms() -> [&'static str; Form::NAMES.len()] {
    Form::NAMES.map(|(name, _)| name)
}

/// The folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .canonicalize()
        .unwrap()
}

/// A folder with some files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A policy with one critical leak that a safe fix repairs.
pub(crate) const LEAK: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "read",
      "Effect": "Allow",
      "Action": "secretsmanager:GetSecretValue",
      "Resource": "*",
      "Condition": {
        "StringEqualsIfExists": {
          "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
          "aws:ResourceTag/eks-cluster-arn": "${aws:PrincipalTag/eks-cluster-arn}"
        }
      }
    }
  ]
}
"#;

/// A workload that mounts two secrets; nothing states its role and the secrets.
pub(crate) const MOUNTS: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: app, namespace: shop }
spec:
  provider: aws
  parameters:
    region: us-east-1
    usePodIdentity: \"true\"
    objects: |
      - { objectName: shop/one, objectType: secretsmanager }
      - { objectName: shop/two, objectType: secretsmanager }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: shop }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      serviceAccountName: app
      containers: [{ name: app, image: app }]
      volumes:
        - name: secrets
          csi:
            driver: secrets-store.csi.k8s.io
            readOnly: true
            volumeAttributes: { secretProviderClass: app }
";

/// A manifest that only `helm template` can render.
pub(crate) const TEMPLATE: &str =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Values.name }}\n";

/// Runs the program in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, "")
}

/// Runs the program in a folder with standard input.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = Command::cargo_bin("ascp-policy").unwrap();
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "COLUMNS",
        "TERM",
    ] {
        command.env_remove(name);
    }
    // The service catalog ages; answers must not.
    command.env("SOURCE_DATE_EPOCH", "1764000000");
    let output = command
        .current_dir(folder)
        .args(arguments)
        .write_stdin(input.to_owned())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code().unwrap_or(-1),
    }
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }

    /// Standard output without the time it took.
    pub(crate) fn timeless(&self) -> String {
        let lines = self.out.lines().map(|line| match line.rsplit_once("  (") {
            Some((rest, time)) if time.ends_with(" ms)") => rest,
            _ => line,
        });
        lines.fold(String::new(), |text, line| text + line + "\n")
    }
}
