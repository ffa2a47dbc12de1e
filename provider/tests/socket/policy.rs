//! The policy snapshot: events, logs and calls in each mode, and snapshots that are invalid or change.

mod file;
mod modes;
mod request;
mod self_check;

use super::{
    driver::{attributes, connect, mount, request, secrets},
    process::{Provider, get},
    stand_in::StandIn,
};
use policy_engine::snapshot::Snapshot;
use provider::generated::{MountRequest, MountResponse};
use serde_json::{Value, json};
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tonic::Status;

const LONG: Duration = Duration::from_mins(1);
const CANARY: &str = "canary-value-77aa";
const CHECKED: &str = "self-check done";
const DENIED: &str = "User: arn:aws:sts::111122223333:assumed-role/pod-reader/eks-prod-app-8f1c is not authorized to perform: secretsmanager:GetSecretValue on resource: dev/db because no identity-based policy allows the secretsmanager:GetSecretValue action";

/// The scenario of the AWS blog, without a mistake.
fn good() -> Snapshot {
    fixture("blog-single-account")
}

/// The same, with a wrong tag on `dev/db`.
fn wrong_tag() -> Snapshot {
    fixture("broken-wrong-tag-value")
}

fn fixture(world: &str) -> Snapshot {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/snapshots");
    let text = fs::read(root.join(format!("{world}.json"))).unwrap();
    Snapshot::read(&text).unwrap()
}

fn text(snapshot: &Snapshot) -> String {
    snapshot.to_json().unwrap()
}

/// A provider with a snapshot, and the simulated services.
struct Scene {
    stand_in: StandIn,
    provider: Provider,
    admin: SocketAddr,
}

impl Scene {
    /// Starts with this snapshot, in the layout of a mounted ConfigMap.
    async fn start(snapshot: &str, flags: &[&str]) -> Self {
        Self::start_at(snapshot, flags, &[]).await
    }

    async fn start_at(snapshot: &str, flags: &[&str], env: &[(&str, &str)]) -> Self {
        let stand_in = StandIn::start().await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let admin = listener.local_addr().unwrap();
        drop(listener);
        let directory = tempfile::tempdir().unwrap();
        swap(directory.path(), snapshot);
        let file = directory.path().join("..data/snapshot.json");
        let own = [
            format!("--policy-snapshot={}", file.display()),
            format!("--admin-addr={admin}"),
        ];
        let all = own.iter().map(String::as_str).chain(flags.iter().copied());
        let all: Vec<_> = all.collect();
        let provider = Provider::start_in(directory, &stand_in.url, &all, env).await;
        Self {
            stand_in,
            provider,
            admin,
        }
    }

    /// Sets the answer of AWS to every read of a secret.
    fn aws(&self, answer: Value) {
        let mut answers = self.stand_in.world.aws.lock().unwrap();
        answers.insert("GetSecretValue".to_owned(), answer);
    }

    fn denies(&self) {
        self.aws(json!({"error": "AccessDeniedException", "message": DENIED}));
    }

    /// A request of service account `app` in us-east-1, with changes to the attributes.
    fn message(&self, namespace: &str, secret: &str, changes: &[(&str, Value)]) -> MountRequest {
        let mut attributes = attributes(&secrets([secret.to_owned()]));
        attributes["region"] = json!("us-east-1");
        attributes["csi.storage.k8s.io/pod.namespace"] = json!(namespace);
        for (key, value) in changes {
            attributes[*key] = value.clone();
        }
        request(&attributes, &self.provider.target("m"))
    }

    /// The calls to AWS and to the agent.
    fn calls(&self) -> Vec<String> {
        let mut calls = self.stand_in.calls();
        calls.retain(|call| !call.contains("csidrivers"));
        calls
    }

    async fn send(&self, message: MountRequest) -> Result<MountResponse, Status> {
        let mut client = connect(self.provider.socket()).await;
        mount(&mut client, message, LONG).await
    }

    async fn mount(&self, namespace: &str, secret: &str) -> Result<MountResponse, Status> {
        self.send(self.message(namespace, secret, &[])).await
    }

    /// Waits until the log contains the text this many times.
    async fn logged(&self, text: &str, times: usize) {
        let start = Instant::now();
        while self.provider.log().matches(text).count() < times {
            assert!(start.elapsed() < LONG, "{text}: {}", self.provider.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The messages of warnings and errors about the policy.
    fn warnings(&self) -> String {
        let log = self.provider.log();
        let lines = log.lines().filter(|line| !line.contains("\"INFO\""));
        let messages = lines.map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let fields = line.as_object_mut().unwrap();
            for field in ["timestamp", "level", "target_path", "milliseconds", "file"] {
                fields.remove(field);
            }
            format!("{line}\n")
        });
        messages.collect()
    }

    /// The metrics of the policy that are not zero.
    async fn metrics(&self) -> String {
        let text = get(self.admin, "/metrics").await;
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("secrets_provider_policy_"));
        let mut lines: Vec<_> = lines.filter(|line| !line.ends_with(" 0")).collect();
        lines.sort_unstable();
        lines.into_iter().map(|line| format!("{line}\n")).collect()
    }

    async fn ready(&self) -> bool {
        let directory = self.provider.directory.path().display();
        let answer = Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"))
            .args([&format!("--provider-volume={directory}"), "--ready-check"])
            .output()
            .unwrap();
        let http = get(self.admin, "/readyz").await.contains("200 OK");
        assert_eq!(answer.status.success(), http, "{answer:?}");
        http
    }

    fn swap(&self, snapshot: &str) {
        swap(self.provider.directory.path(), snapshot);
    }
}

/// Replaces the snapshot as kubelet does for a ConfigMap: the link points to another directory.
fn swap(directory: &Path, snapshot: &str) {
    let fresh: PathBuf = directory.join(format!("..{:016x}", fastrand::u64(..)));
    fs::create_dir(&fresh).unwrap();
    fs::write(fresh.join("snapshot.json"), snapshot).unwrap();
    let link = directory.join("..data_tmp");
    symlink(&fresh, &link).unwrap();
    fs::rename(&link, directory.join("..data")).unwrap();
}

/// The event as `kubectl describe pod` shows it.
fn event(answer: Result<MountResponse, Status>) -> String {
    match answer {
        Ok(answer) => format!("mounted {} file", answer.object_version.len()),
        Err(error) => format!("code = {:?} desc = {}", error.code(), error.message()),
    }
}
