//! `kill -9` at any moment: a volume shows its old files or its new files, never a mix, and the next mount completes it.
//!
//! `KILL_RUNS=10000 cargo test -p ascp-policy-provider --test socket kill_9 -- --nocapture` makes 10,000 runs and prints their results.

use super::{
    driver::{attributes, connect, mount, request},
    process::{Provider, files},
    stand_in::StandIn,
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::{Duration, Instant},
};
use tokio::task::AbortHandle;

const LONG: Duration = Duration::from_mins(1);
const FILES: usize = 40;

fn value(generation: u32) -> String {
    format!("generation {generation} ").repeat(200)
}

fn names() -> impl Iterator<Item = String> {
    (0..FILES).map(|number| format!("s{number}"))
}

/// A class whose only secret becomes all files, so that most of a run is the writing.
fn objects() -> String {
    json!([{"objectName": "all", "objectType": "secretsmanager", "mountObject": false, "jmesPathAll": true}])
        .to_string()
}

/// The secret of a generation.
fn secret(generation: u32) -> serde_json::Value {
    let members = names().map(|name| (name, value(generation).into()));
    let text = serde_json::Value::Object(members.collect()).to_string();
    json!({"text": text, "version": format!("v{generation}")})
}

/// The generations that a volume shows; `None` for a missing file.
fn shown(target: &Path) -> BTreeSet<Option<u32>> {
    let files = names().map(|name| {
        let text = fs::read_to_string(target.join(name)).ok()?;
        let generation = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        let whole = generation.filter(|generation| text == value(*generation));
        assert!(whole.is_some(), "torn: {} bytes", text.len());
        whole
    });
    files.collect()
}

/// The mark of the moment of a run: the number of entries changes when the provider begins to write, the inode of the first file
/// when a container sees the new file.
fn mark(run: u32, target: &Path) -> u64 {
    match run % 3 {
        0 => 0,
        1 => fs::read_dir(target).map_or(0, |entries| entries.count() as u64),
        _ => fs::metadata(target.join("s0")).map_or(0, |facts| facts.ino()),
    }
}

/// Waits for the moment of a run: by the clock, or after the mark has changed.
fn wait_for_moment(run: u32, target: &Path, before: u64, mounting: &AbortHandle) {
    let (step, start) = (run / 3 % 40, Instant::now());
    if run.is_multiple_of(3) {
        std::thread::sleep(Duration::from_micros(u64::from(step) * 700));
        return;
    }
    // On a busy machine this loop can miss the moment.
    while mark(run, target) == before && !mounting.is_finished() {
        assert!(start.elapsed() < LONG, "run {run}: no mount");
        std::hint::spin_loop();
    }
    let end = Instant::now() + Duration::from_micros(u64::from(step / 4) * 20);
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}

/// A directory in memory, as volumes are, if the machine has one.
fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_writing_shows_old_files_or_new_ones_and_the_next_mount_completes_them() {
    let stand_in = StandIn::start().await;
    let runs: u32 = std::env::var("KILL_RUNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(60);
    let mut directory = directory();
    let mut last = None;
    let (mut interrupted, mut old, mut new) = (0, 0, 0);
    for run in 0..runs {
        let key = "GetSecretValue".to_owned();
        stand_in.world.aws.lock().unwrap().insert(key, secret(run));
        let mut provider = Provider::start_in(directory, &stand_in.url, &[], &[]).await;
        // Every tenth volume was written by upstream, as plain files; the others by the runs before.
        let target = if run % 10 == 9 {
            let target = provider.target(&format!("plain-{run}"));
            for name in names() {
                fs::write(target.join(name), value(run - 1)).unwrap();
            }
            target
        } else {
            provider.target("m")
        };
        let before = if run % 10 == 9 { Some(run - 1) } else { last };
        let mut client = connect(provider.socket()).await;
        let asked = request(&attributes(&objects()), &target);
        let unchanged = mark(run, &target);
        let mounting = tokio::spawn(async move { mount(&mut client, asked, LONG).await });
        let (struck, handle) = (target.clone(), mounting.abort_handle());
        let wait = move || wait_for_moment(run, &struck, unchanged, &handle);
        tokio::task::spawn_blocking(wait).await.unwrap();
        provider.child.kill().unwrap();
        provider.child.wait().unwrap();
        if mounting.await.unwrap().is_err() {
            interrupted += 1;
        }
        let now = shown(&target);
        assert_eq!(now.len(), 1, "run {run} is mixed: {now:?}");
        if now == BTreeSet::from([Some(run)]) {
            new += 1;
        } else {
            assert_eq!(now, BTreeSet::from([before]), "run {run}");
            old += 1;
        }
        if run % 10 == 9 {
            fs::remove_dir_all(&target).unwrap();
        } else {
            last = now.into_iter().next().flatten();
        }
        directory = std::mem::replace(&mut provider.directory, tempfile::tempdir().unwrap());
    }
    println!(
        "{runs} runs, {interrupted} interrupted: {old} show the old files, {new} the new ones"
    );
    assert!(
        interrupted > 0 && new > 0,
        "{interrupted} interrupted, {new} new"
    );
    let provider = Provider::start_in(directory, &stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let asked = request(&attributes(&objects()), &target);
    mount(&mut client, asked, LONG).await.unwrap();
    assert_eq!(shown(&target), BTreeSet::from([Some(runs - 1)]));
    assert_eq!(files(&target).len(), FILES);
    // The links to the files, the link to the hidden directory, and that directory.
    let entries = fs::read_dir(&target).unwrap().count();
    assert_eq!(entries, FILES + 2, "left-over entries");
}
