//! Runs the program so that nothing of its surroundings counts.

use super::{moto::Moto, stand_in::StandIn};
use policy_engine::snapshot::Snapshot;
use std::process::Command;

/// What no answer, message or file may hold.
pub(crate) const CANARY: &str = "canary-7f3a91";

pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Runs the program with nothing of AWS in its environment but what is given.
pub(crate) fn run(arguments: &[&str], env: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ascp-policy"));
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    let empty = tempfile::tempdir().unwrap();
    let output = command
        .arg("snapshot")
        .args(arguments)
        .current_dir(empty.path())
        .env("HOME", empty.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("SOURCE_DATE_EPOCH", "1764000000")
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run = Run {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code().unwrap(),
    };
    assert!(!run.out.contains(CANARY) && !run.err.contains(CANARY));
    run
}

/// The environment of a reader of the account in moto.
pub(crate) fn env<'a>(moto: &'a Moto, stand_in: &'a StandIn) -> Vec<(&'static str, &'a str)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", &moto.url),
        ("AWS_ENDPOINT_URL_EKS", &stand_in.url),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", &stand_in.url),
    ]
}

pub(crate) fn snapshot(run: &Run) -> Snapshot {
    assert_eq!(run.code, 0, "{}", run.err);
    Snapshot::read(run.out.as_bytes()).unwrap()
}
