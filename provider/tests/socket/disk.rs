//! Volumes that are full, read-only or limited in file size: the error names the cause, and the mounted files stay.

use super::{
    driver::{attributes, connect, mount, request, secrets},
    process::{Provider, files},
    stand_in::StandIn,
};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

const LONG: Duration = Duration::from_mins(1);

/// Runs the program in a mount namespace of its own, with a small file system as the volume.
fn with_volume(options: &str, volume: &Path) -> Option<[String; 6]> {
    let script = format!(
        "mount -t tmpfs -o {options} tmpfs '{}' && exec \"$@\"",
        volume.display()
    );
    let words = ["unshare", "--map-root-user", "--mount", "sh", "-c", &script].map(str::to_owned);
    let works = Command::new(&words[0])
        .args(&words[1..])
        .args(["sh", "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !works {
        println!(
            "this machine allows no mount in a namespace of its own; this test checks nothing"
        );
    }
    works.then_some(words)
}

/// A provider whose volume `m` is that file system, and the path of the volume for the test.
async fn start(stand_in: &StandIn, options: &str) -> Option<(Provider, PathBuf, PathBuf)> {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("pods/m");
    std::fs::create_dir_all(&target).unwrap();
    let words = with_volume(options, &target)?;
    let mut words: Vec<_> = words.iter().map(String::as_str).collect();
    words.push("sh");
    let flags = ["--allow-unmounted-target=false"];
    let provider = Provider::start_under(&words, directory, &stand_in.url, &flags, &[]).await;
    let seen = format!("/proc/{}/root{}", provider.child.id(), target.display());
    Some((provider, target, PathBuf::from(seen)))
}

/// Everything in a volume: the files, the link to the hidden directory, and that directory.
fn entries(volume: &Path) -> usize {
    std::fs::read_dir(volume).unwrap().count()
}

fn answer(stand_in: &StandIn, text: &str) {
    let mut answers = stand_in.world.aws.lock().unwrap();
    answers.insert("GetSecretValue".to_owned(), json!({"text": text}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_volume_keeps_the_mounted_files_and_is_completed_later() {
    let stand_in = StandIn::start().await;
    let Some((provider, target, seen)) = start(&stand_in, "size=64k").await else {
        return;
    };
    let mut client = connect(provider.socket()).await;
    let names = || (0..3).map(|number| format!("s{number}"));
    let message = request(&attributes(&secrets(names())), &target);
    answer(&stand_in, "old");
    mount(&mut client, message.clone(), LONG).await.unwrap();
    answer(&stand_in, &"x".repeat(30_000));
    let error = mount(&mut client, message.clone(), LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Internal);
    let text = error.message();
    assert!(text.starts_with(target.to_str().unwrap()), "{text}");
    assert!(text.contains("No space left on device"), "{text}");
    let now = files(&seen);
    assert_eq!(now.len(), 3, "{:?}", now.keys());
    assert!(now.values().all(|content| content == b"old"));
    assert_eq!(entries(&seen), 3 + 2, "left over");
    answer(&stand_in, "new");
    mount(&mut client, message, LONG).await.unwrap();
    assert!(files(&seen).values().all(|content| content == b"new"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_volume_is_named() {
    let stand_in = StandIn::start().await;
    let Some((provider, target, seen)) = start(&stand_in, "ro").await else {
        return;
    };
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Internal);
    let text = error.message();
    assert!(text.starts_with(target.to_str().unwrap()), "{text}");
    assert!(text.contains("Read-only file system"), "{text}");
    assert_eq!(files(&seen).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_to_its_end_is_not_mounted() {
    let stand_in = StandIn::start().await;
    // A limit of the file size interrupts a write on every machine.
    let words = ["sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"];
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start_under(&words, directory, &stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(
        &attributes(&secrets(["a".to_owned(), "b".to_owned()])),
        &target,
    );
    answer(&stand_in, "old");
    mount(&mut client, message.clone(), LONG).await.unwrap();
    {
        let mut answers = stand_in.world.aws.lock().unwrap();
        let (small, large) = (json!({"text": "new"}), json!({"text": "x".repeat(200_000)}));
        answers.insert("us-west-2 GetSecretValue a".to_owned(), small);
        answers.insert("us-west-2 GetSecretValue b".to_owned(), large);
    }
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Internal);
    let text = error.message();
    assert!(
        text.starts_with(target.join("b").to_str().unwrap()),
        "{text}"
    );
    assert!(text.contains("File too large"), "{text}");
    assert!(files(&target).values().all(|content| content == b"old"));
    assert_eq!(entries(&target), 2 + 2, "left over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_a_mount_point_is_refused_before_any_call_to_aws() {
    let stand_in = StandIn::start().await;
    let flags = ["--allow-unmounted-target=false"];
    let provider = Provider::start(&stand_in.url, &flags, &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::FailedPrecondition);
    let text = error.message();
    assert!(text.starts_with(target.to_str().unwrap()), "{text}");
    assert!(text.contains("mountPropagation: HostToContainer"), "{text}");
    assert!(stand_in.calls().is_empty(), "{:?}", stand_in.calls());
    assert!(files(&target).is_empty());
}
