//! The cost of a mount: `cargo bench -p ascp-policy-provider`. The simulated AWS answers after 20 milliseconds.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(dead_code, reason = "the stand-ins are those of the tests")]

#[path = "../tests/socket/driver.rs"]
mod driver;
#[path = "../tests/socket/process.rs"]
mod process;
#[path = "../tests/socket/stand_in.rs"]
mod stand_in;

use driver::{attributes, connect, mount, request, secrets};
use policy_engine::{snapshot::Snapshot, text::Text};
use process::Provider;
use serde_json::json;
use stand_in::StandIn;
use std::{
    fs,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const LONG: Duration = Duration::from_mins(1);

fn objects(count: usize, kind: &str) -> String {
    let objects =
        (0..count).map(|number| json!({"objectName": format!("s{number}"), "objectType": kind}));
    json!(objects.collect::<Vec<_>>()).to_string()
}

/// Resident memory and open files of the process.
fn resources(provider: &Provider) -> (u64, usize) {
    let id = provider.child.id();
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    let kib = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (kib, fs::read_dir(format!("/proc/{id}/fd")).unwrap().count())
}

/// The world of the AWS blog, with more namespaces, each with a pod and fifty secrets.
fn world(namespaces: usize) -> Snapshot {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/snapshots");
    let text = fs::read(root.join("blog-single-account.json")).unwrap();
    let mut snapshot = Snapshot::read(&text).unwrap();
    let inventory = &mut snapshot.inventory;
    let association = inventory.associations[0].clone();
    let secret = inventory.secrets[0].clone();
    for number in 0..namespaces {
        let namespace = format!("ns{number}");
        let mut own = association.clone();
        own.namespace.value.clone_from(&namespace);
        inventory.associations.push(own);
        for object in 0..if number == 0 { 50 } else { 1 } {
            let mut own = secret.clone();
            own.name = format!("{namespace}/s{object}");
            let arn = own.arn.to_string().replace("dev/db", &own.name);
            own.arn = Text::from(arn);
            for tag in &mut own.tags.list {
                if tag.key.value == "kubernetes-namespace" {
                    tag.value.value = Text::from(namespace.as_str());
                }
            }
            inventory.secrets.push(own);
        }
    }
    snapshot
}

/// A provider with a snapshot: the cost of the start, of the check, of its memory, and of mounts.
async fn gate(stand_in: &StandIn, namespaces: usize) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot.json");
    let text = world(namespaces).to_json().unwrap();
    fs::write(&file, &text).unwrap();
    let flags = [
        format!("--policy-snapshot={}", file.display()),
        "--policy=strict".to_owned(),
    ];
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    *stand_in.world.delay.lock().unwrap() = Duration::ZERO;
    let start = Instant::now();
    let provider = Provider::start_in(directory, &stand_in.url, &flags, &[]).await;
    let started = start.elapsed();
    while !provider.log().contains("self-check done") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let log = provider.log();
    let line = log
        .lines()
        .find(|line| line.contains("self-check done"))
        .unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    println!(
        "a snapshot of {} pods, {} bytes: start to socket {started:?}, self-check {} with {} promises, idle {} KiB resident",
        namespaces + 2,
        text.len(),
        line["took"],
        line["promises"],
        resources(&provider).0
    );
    if namespaces == 0 {
        return;
    }
    let mut client = connect(provider.socket()).await;
    for count in [1, 10, 50] {
        let names = (0..count).map(|number| format!("ns0/s{number}"));
        let mut attributes = attributes(&secrets(names));
        attributes["region"] = json!("us-east-1");
        attributes["csi.storage.k8s.io/pod.namespace"] = json!("ns0");
        let message = request(&attributes, &provider.target("m"));
        mount(&mut client, message.clone(), LONG).await.unwrap();
        let mut times = Vec::new();
        for _ in 0..15 {
            let start = Instant::now();
            mount(&mut client, message.clone(), LONG).await.unwrap();
            times.push(start.elapsed());
        }
        times.sort();
        println!("  strict, {count} secrets, no delay: {:?}", times[7]);
    }
}

#[tokio::main]
async fn main() {
    let stand_in = StandIn::start().await;
    let start = Instant::now();
    let provider = Provider::start(&stand_in.url, &["--log-level=info"], &[]).await;
    println!("start to socket: {:?}", start.elapsed());
    tokio::time::sleep(Duration::from_millis(200)).await;
    println!("idle: {} KiB resident", resources(&provider).0);
    *stand_in.world.delay.lock().unwrap() = Duration::from_millis(20);
    let mut client = connect(provider.socket()).await;
    let target = provider.target("m");
    for kind in ["secretsmanager", "ssmparameter"] {
        for count in [1, 10, 50] {
            let message = request(&attributes(&objects(count, kind)), &target);
            mount(&mut client, message.clone(), LONG).await.unwrap();
            let mut times = Vec::new();
            for _ in 0..15 {
                let start = Instant::now();
                mount(&mut client, message.clone(), LONG).await.unwrap();
                times.push(start.elapsed());
            }
            times.sort();
            let message = request(&attributes(&objects(1, kind)), &target);
            let start = Instant::now();
            for _ in 0..count {
                mount(&mut client, message.clone(), LONG).await.unwrap();
            }
            println!(
                "{kind} x {count}: {:?}; one after another {:?}",
                times[7],
                start.elapsed()
            );
        }
    }
    gate(&stand_in, 0).await;
    gate(&stand_in, 500).await;
    *stand_in.world.delay.lock().unwrap() = Duration::ZERO;
    {
        // The same without a snapshot.
        let provider = Provider::start(&stand_in.url, &["--log-level=info"], &[]).await;
        let mut client = connect(provider.socket()).await;
        for count in [1, 10, 50] {
            let message = request(
                &attributes(&objects(count, "secretsmanager")),
                &provider.target("m"),
            );
            let mut times = Vec::new();
            for _ in 0..16 {
                let start = Instant::now();
                mount(&mut client, message.clone(), LONG).await.unwrap();
                times.push(start.elapsed());
            }
            times.sort();
            println!("  no gate, {count} secrets, no delay: {:?}", times[7]);
        }
    }
    *stand_in.world.delay.lock().unwrap() = Duration::from_millis(20);
    for round in 0..200 {
        let mut mounts = JoinSet::new();
        for number in 0..200 {
            let target = provider.target(&format!("burst-{number}"));
            let mut attributes = attributes(&objects(1, "secretsmanager"));
            attributes["csi.storage.k8s.io/pod.uid"] = json!(format!("uid-{number}"));
            let (mut client, message) = (client.clone(), request(&attributes, &target));
            mounts.spawn(async move { mount(&mut client, message, LONG).await.unwrap() });
        }
        while let Some(done) = mounts.join_next().await {
            done.unwrap();
        }
        if matches!(round, 0 | 4 | 49 | 99 | 149 | 199) {
            let (kib, files) = resources(&provider);
            println!(
                "after {} mounts, 200 at once: {kib} KiB resident, {files} open files",
                (round + 1) * 200
            );
        }
    }
    // Connections without a call are closed after 20 seconds.
    tokio::time::sleep(Duration::from_secs(25)).await;
    let (kib, files) = resources(&provider);
    println!("25 seconds later: {kib} KiB resident, {files} open files");
}
