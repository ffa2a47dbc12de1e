//! What a mount costs: `cargo bench -p ascp-policy-provider`. The stand-in for AWS answers after 20 milliseconds.

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

use driver::{attributes, connect, mount, request};
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
            let one = request(&attributes(&objects(1, kind)), &target);
            let start = Instant::now();
            for _ in 0..count {
                mount(&mut client, one.clone(), LONG).await.unwrap();
            }
            println!(
                "{kind} x {count}: {:?}; one after another {:?}",
                times[7],
                start.elapsed()
            );
        }
    }
    for round in 0..50 {
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
        if matches!(round, 0 | 4 | 9 | 24 | 49) {
            let (kib, files) = resources(&provider);
            println!(
                "after {} mounts, 200 at once: {kib} KiB resident, {files} open files",
                (round + 1) * 200
            );
        }
    }
}
