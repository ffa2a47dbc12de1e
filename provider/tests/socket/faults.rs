//! Faults on nodes: signals, bursts, hostile documents, directories that cannot be written, agents that are late.

use super::{
    driver::{attributes, connect, mount, request, secrets},
    process::{Provider, get},
    stand_in::StandIn,
};
use provider::generated::VersionRequest;
use serde_json::json;
use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    process::Command,
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    task::JoinSet,
};

const LONG: Duration = Duration::from_mins(1);
const CANARY: &str = "canary-value-5f2d";

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"))
}

#[tokio::test]
async fn version_is_what_the_driver_expects() {
    let provider = Provider::start("http://127.0.0.1:9", &[], &[]).await;
    let mut client = connect(provider.socket()).await;
    let request = VersionRequest {
        version: "v1alpha1".to_owned(),
    };
    let answer = client.version(request).await.unwrap().into_inner();
    assert_eq!(answer.version, "v1alpha1");
    assert_eq!(answer.runtime_name, "secrets-store-csi-driver-provider-aws");
    assert_eq!(answer.runtime_version, env!("CARGO_PKG_VERSION"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_any_authority_is_answered() {
    let provider = Provider::start("http://127.0.0.1:9", &[], &[]).await;
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap();
        let header = [0, 0, length, kind, flags, 0, 0, 0, stream];
        [&header, payload].concat()
    };
    // The name of the header by its number, or as text, as gRPC's C core writes it.
    let names = [&b"\x41"[..], b"\x40\x0a:authority"];
    let authorities = [
        "localhost",
        "%2Fvar%2Frun%2Faws.sock",
        "/var/run/aws.sock",
        "a b",
    ];
    let all = names
        .iter()
        .flat_map(|name| authorities.map(|value| (*name, value)));
    for (name_of_authority, authority) in all {
        // `:method: POST`, `:scheme: http`, and literals: a name by its number or as text, and the value.
        let mut headers = vec![0x83, 0x86];
        for (name, value) in [
            (&b"\x44"[..], "/v1alpha1.CSIDriverProvider/Version"),
            (name_of_authority, authority),
            (b"\x5f", "application/grpc"),
            (b"\x40\x02te", "trailers"),
        ] {
            headers.extend_from_slice(name);
            headers.push(u8::try_from(value.len()).unwrap());
            headers.extend_from_slice(value.as_bytes());
        }
        let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        sent.extend(frame(4, 0, 0, b""));
        sent.extend(frame(1, 4, 1, &headers));
        sent.extend(frame(0, 1, 1, &[0; 5]));
        let mut stream = UnixStream::connect(provider.socket()).await.unwrap();
        stream.write_all(&sent).await.unwrap();
        let mut answer = Vec::new();
        let end = Instant::now() + Duration::from_secs(10);
        let name = b"secrets-store-csi-driver-provider-aws";
        while !answer.windows(name.len()).any(|window| window == name) {
            let read = tokio::time::timeout_at(end.into(), stream.read_buf(&mut answer)).await;
            let length = read.map_or(0, |read| read.unwrap_or(0));
            assert!(length > 0, "{authority}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sigterm_a_running_mount_ends_and_the_socket_is_removed() {
    let stand_in = StandIn::start().await;
    *stand_in.world.delay.lock().unwrap() = Duration::from_millis(500);
    let mut provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    let mounting = tokio::spawn(async move { mount(&mut client, message, LONG).await });
    while stand_in.calls().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    provider.terminate();
    assert_eq!(mounting.await.unwrap().unwrap().object_version.len(), 1);
    assert!(provider.wait().await.success());
    assert!(!provider.socket().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_has_mode_0600_and_replaces_a_stale_file() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("aws.sock"), "stale").unwrap();
    let provider = Provider::start_in(directory, "http://127.0.0.1:9", &[], &[]).await;
    let facts = fs::metadata(provider.socket()).unwrap();
    assert!(facts.file_type().is_socket());
    assert_eq!(facts.permissions().mode() & 0o777, 0o600);
    let volume = provider.directory.path().to_str().unwrap().to_owned();
    let answer = binary()
        .args(["-provider-volume", &volume, "-health-check"])
        .output()
        .unwrap();
    assert!(answer.status.success());
    assert!(
        answer
            .stdout
            .starts_with(b"secrets-store-csi-driver-provider-aws ")
    );
}

/// The TCP sockets that listen, by their inodes.
fn listening(process: u32) -> Vec<String> {
    let mut listening = Vec::new();
    for table in ["tcp", "tcp6"] {
        let table = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        let lines = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        // State 0A is LISTEN; the tenth field is the inode.
        let open = lines.filter(|fields| fields.get(3) == Some(&"0A"));
        listening.extend(open.map(|fields| format!("socket:[{}]", fields[9])));
    }
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let links = descriptors.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let own: Vec<_> = links
        .filter_map(|link| link.to_str().map(str::to_owned))
        .collect();
    listening.retain(|socket| own.contains(socket));
    listening
}

#[tokio::test(flavor = "multi_thread")]
async fn no_port_is_open_by_default() {
    let provider = Provider::start("http://127.0.0.1:9", &[], &[]).await;
    assert_eq!(listening(provider.child.id()), [""; 0]);
    let flag = ["--admin-addr=127.0.0.1:0"];
    let provider = Provider::start("http://127.0.0.1:9", &flag, &[]).await;
    let start = Instant::now();
    while listening(provider.child.id()).len() != 1 {
        assert!(start.elapsed() < LONG, "the test does not see the port");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn bad_flags_end_with_2_and_a_missing_provider_with_1() {
    for flag in ["--driver-writes-secrets=yes", "--bogus", "serve"] {
        let answer = binary().arg(flag).output().unwrap();
        assert_eq!(answer.status.code(), Some(2), "{flag}");
        assert!(String::from_utf8_lossy(&answer.stderr).contains("Usage:"));
    }
    let answer = binary()
        .args(["--provider-volume=/nowhere", "--health-check"])
        .output()
        .unwrap();
    assert_eq!(answer.status.code(), Some(1));
    let answer = binary()
        .args(["--provider-volume=/nowhere"])
        .output()
        .unwrap();
    assert_eq!(answer.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&answer.stderr).contains("cannot listen on /nowhere/aws.sock"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remount_keeps_unchanged_files_and_updates_the_time_of_the_directory() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    mount(&mut client, message.clone(), LONG).await.unwrap();
    let inode = fs::metadata(target.join("foo")).unwrap().ino();
    let old = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
    fs::File::open(&target).unwrap().set_times(old).unwrap();
    mount(&mut client, message, LONG).await.unwrap();
    assert_eq!(fs::metadata(target.join("foo")).unwrap().ino(), inode);
    assert!(fs::metadata(&target).unwrap().mtime() > 0);
    // One pod, one set of credentials (DEV-21).
    let agent = stand_in
        .calls()
        .iter()
        .filter(|call| call.starts_with("agent"))
        .count();
    assert_eq!(agent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_aws_rejects_are_not_used_again() {
    let stand_in = StandIn::start().await;
    let denied = json!([{"error": "AccessDeniedException"}, {"text": "x"}]);
    stand_in
        .world
        .aws
        .lock()
        .unwrap()
        .insert("us-west-2 GetSecretValue foo".to_owned(), denied);
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    mount(&mut client, message.clone(), LONG).await.unwrap_err();
    mount(&mut client, message, LONG).await.unwrap();
    let agent = stand_in
        .calls()
        .iter()
        .filter(|call| call.starts_with("agent"))
        .count();
    assert_eq!(agent, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_is_reached_on_ipv6_if_ipv4_does_not_answer() {
    let aws = StandIn::start().await;
    let agent = StandIn::start_on("[::1]:0").await;
    let flag = format!("--pod-identity-agent-url={}/agent", agent.url);
    let endpoint = format!("{}/aws", aws.url);
    // The IPv4 address is that of the discard port, on which no process listens.
    let env = [("AWS_ENDPOINT_URL", endpoint.as_str())];
    let provider = Provider::start("http://127.0.0.1:9", &[&flag], &env).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    for (preferred, works) in [("auto", true), ("ipv6", true), ("ipv4", false)] {
        let mut attributes = attributes(&secrets(["foo".to_owned()]));
        attributes["preferredAddressType"] = json!(preferred);
        attributes["csi.storage.k8s.io/pod.uid"] = json!(preferred);
        let deadline = if works { LONG } else { Duration::from_secs(4) };
        let answer = mount(&mut client, request(&attributes, &target), deadline).await;
        assert_eq!(answer.is_ok(), works, "{preferred}: {answer:?}");
    }
    assert_eq!(agent.calls().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mount_waits_for_an_agent_that_starts_late() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let provider = Provider::start(&format!("http://{address}"), &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
    let mounting = tokio::spawn(async move { mount(&mut client, message, LONG).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    let _agent = StandIn::start_on(&address.to_string()).await;
    mounting.await.unwrap().unwrap();
}

#[test]
fn invalid_settings_of_the_sdk_are_named_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    fs::write(&file, "[default]\nretry_mode = sometimes\n").unwrap();
    for (name, value, text) in [
        (
            "AWS_CA_BUNDLE",
            "/nowhere/ca.pem",
            "AWS_CA_BUNDLE /nowhere/ca.pem: ",
        ),
        (
            "AWS_RETRY_MODE",
            "sometimes",
            "AWS_RETRY_MODE `sometimes` is not `standard` or `adaptive`",
        ),
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            "AWS_MAX_ATTEMPTS `0` is not a positive number",
        ),
        (
            "AWS_CONFIG_FILE",
            file.to_str().unwrap(),
            "check AWS_PROFILE, AWS_CONFIG_FILE",
        ),
    ] {
        // If the program accepted the setting, it would serve until the timeout.
        let answer = Command::new("timeout")
            .args([
                "20",
                env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"),
            ])
            .arg(format!("--provider-volume={}", directory.path().display()))
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(answer.status.code(), Some(1), "{name}");
        let log = String::from_utf8_lossy(&answer.stderr);
        assert!(log.contains(text), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_never_shared_between_pods() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    for (key, value) in [
        ("csi.storage.k8s.io/pod.uid", "one"),
        ("csi.storage.k8s.io/pod.uid", "two"),
        ("csi.storage.k8s.io/serviceAccount.name", "other"),
        ("csi.storage.k8s.io/pod.namespace", "prod"),
        ("csi.storage.k8s.io/pod.uid", ""),
        ("csi.storage.k8s.io/pod.uid", ""),
    ] {
        let mut attributes = attributes(&secrets(["foo".to_owned()]));
        attributes[key] = json!(value);
        mount(&mut client, request(&attributes, &target), LONG)
            .await
            .unwrap();
    }
    let agent = stand_in
        .calls()
        .iter()
        .filter(|call| call.starts_with("agent"))
        .count();
    assert_eq!(agent, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_the_process_are_never_used_for_a_pod() {
    let stand_in = StandIn::start().await;
    let refusal = json!({"status": 404, "body": {"code": "ResourceNotFoundException", "message": "no association"}});
    *stand_in.world.agent.lock().unwrap() = refusal;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credentials");
    let keys = "aws_access_key_id = AKIDNODE\naws_secret_access_key = canary\n";
    fs::write(&file, format!("[default]\n{keys}")).unwrap();
    let metadata = format!("{}/metadata", stand_in.url);
    let env = [
        ("AWS_ACCESS_KEY_ID", "AKIDNODE"),
        ("AWS_SECRET_ACCESS_KEY", "canary"),
        ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", metadata.as_str()),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.as_str()),
    ];
    let provider = Provider::start(&stand_in.url, &[], &env).await;
    let mut client = connect(provider.socket()).await;
    let objects = secrets(["foo".to_owned()]);
    let message = request(&attributes(&objects), &provider.target("m"));
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::FailedPrecondition);
    let calls = stand_in.calls();
    assert!(
        calls.iter().all(|call| call.starts_with("agent ")),
        "{calls:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_secrets_cost_about_one_round_trip() {
    let stand_in = StandIn::start().await;
    *stand_in.world.delay.lock().unwrap() = Duration::from_millis(300);
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let names = (0..10).map(|number| format!("s{number}"));
    let message = request(&attributes(&secrets(names)), &target);
    let start = Instant::now();
    mount(&mut client, message, LONG).await.unwrap();
    // Sequential calls would take three seconds.
    assert!(
        start.elapsed() < Duration::from_millis(1500),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_concurrent_mounts_stay_apart_and_leave_nothing_open() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let open = || {
        fs::read_dir(format!("/proc/{}/fd", provider.child.id()))
            .unwrap()
            .count()
    };
    let client = connect(provider.socket()).await;
    let before = open();
    let mut after = Vec::new();
    for round in 0..3 {
        let mut mounts = JoinSet::new();
        for number in 0..200u32 {
            let target = provider.target(&format!("{round}-{number}"));
            let mut client = client.clone();
            let mut attributes = attributes(&secrets([format!("s{number}")]));
            attributes["csi.storage.k8s.io/pod.uid"] = json!(format!("uid-{number}"));
            let mut message = request(&attributes, &target);
            let mode = if number % 2 == 0 { 0o600 } else { 0o644 };
            message.permission = mode.to_string();
            mounts.spawn(async move {
                let answer = mount(&mut client, message, LONG).await.unwrap();
                assert_eq!(answer.object_version[0].id, format!("s{number}"));
                let path = target.join(format!("s{number}"));
                assert_eq!(
                    fs::read_to_string(&path).unwrap(),
                    format!("value of s{number}")
                );
                assert_eq!(
                    fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                    mode
                );
            });
        }
        while let Some(done) = mounts.join_next().await {
            done.unwrap();
        }
        after.push(open());
    }
    // At most 64 connections to a region of AWS and 8 to the agent stay open; the others are closed after their answer.
    assert!(
        after.iter().all(|open| *open <= before + 100),
        "{before}, then {after:?}"
    );
    // A connection without a call is closed as well, after at most 20 seconds on an idle machine. The provider can accept the
    // connection of the client after `before` was counted.
    let start = Instant::now();
    while open() > before + 1 {
        assert!(start.elapsed() < LONG, "{before}, then {}", open());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_documents_are_refused_quickly() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        bomb.push_str(&format!("a{level}: &a{level} [{before}*a{}]\n", level - 1));
    }
    let documents = [
        bomb,
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(50_000),
        format!("- {}: x\n", "k".repeat(1_100_000)),
        "- &a [*a]".to_owned(),
        "- \"\\u0000\\ud800\"".to_owned(),
        "- objectName: !!binary x\n  ? [a, b]\n  : c".to_owned(),
    ];
    for document in documents {
        let start = Instant::now();
        let error = mount(&mut client, request(&attributes(&document), &target), LONG)
            .await
            .unwrap_err();
        assert_eq!(
            error.code(),
            tonic::Code::InvalidArgument,
            "{}",
            error.message()
        );
        assert!(
            error
                .message()
                .starts_with("Failed to load SecretProviderClass"),
            "{}",
            error.message()
        );
        assert!(error.message().len() <= 4096);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_written_is_named() {
    let stand_in = StandIn::start().await;
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let mut client = connect(provider.socket()).await;
    let file = provider.directory.path().join("kubeconfig");
    for target in [
        std::path::Path::new("/proc/self"),
        &file,
        std::path::Path::new("/nowhere/mount"),
    ] {
        let message = request(&attributes(&secrets(["foo".to_owned()])), target);
        let error = mount(&mut client, message, LONG).await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::Internal);
        assert!(
            error.message().starts_with(target.to_str().unwrap()),
            "{}",
            error.message()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_over_the_limit_of_the_driver_is_an_error_with_a_remedy() {
    let stand_in = StandIn::start().await;
    let answer = json!({"text": "x".repeat(60_000)});
    stand_in
        .world
        .aws
        .lock()
        .unwrap()
        .insert("GetSecretValue".to_owned(), answer);
    let provider = Provider::start(&stand_in.url, &["--driver-writes-secrets"], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let names = (0..80).map(|number| format!("s{number}"));
    let message = request(&attributes(&secrets(names)), &target);
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::FailedPrecondition);
    assert!(
        error.message().contains("--max-call-recv-msg-size"),
        "{}",
        error.message()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_token_or_key_is_in_logs_errors_or_metrics() {
    let stand_in = StandIn::start().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let admin = format!("--admin-addr={port}");
    let flags = ["--driver-writes-secrets", &admin];
    let provider = Provider::start(&stand_in.url, &flags, &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let mut output = String::new();
    for (answer, jmes) in [
        (json!({"text": CANARY}), None),
        (json!({"text": CANARY}), Some("a")),
        (
            json!({"text": format!("{{\"a\":[\"{CANARY}\"]}}")}),
            Some("a"),
        ),
        (
            json!({"text": format!("{{\"{CANARY}\":1}}")}),
            Some("keys(@)"),
        ),
        (json!({"json": {"SecretString": [CANARY]}}), None),
        (
            json!({"broken": format!("{{\"SecretString\":\"{CANARY}")}),
            None,
        ),
    ] {
        stand_in
            .world
            .aws
            .lock()
            .unwrap()
            .insert("GetSecretValue".to_owned(), answer);
        let mut object = json!({"objectName": "foo", "objectType": "secretsmanager"});
        if let Some(path) = jmes {
            object["jmesPath"] = json!([{"path": path, "objectAlias": "al"}]);
        }
        let message = request(&attributes(&json!([object]).to_string()), &target);
        output.push_str(&format!("{message:?}"));
        match mount(&mut client, message, LONG).await {
            Ok(answer) => output.push_str(&format!("{answer:?}")),
            Err(error) => output.push_str(&format!("{error:?}")),
        }
    }
    output.push_str(&get(port, "/metrics").await);
    output.push_str(&provider.log());
    assert!(
        output.contains("secrets_provider_mounts_total{outcome=\"OK\"} 1"),
        "{output}"
    );
    assert!(output.contains("operation=\"GetSecretValue\""));
    assert!(!output.contains("canary"), "{output}");
    assert!(get(port, "/readyz").await.contains("200 OK"));
    assert!(get(port, "/livez").await.contains("alive"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_mount_are_bounded() {
    let stand_in = StandIn::start().await;
    let answer = json!({"text": format!("\"{}\"", "x".repeat(60_000))});
    let key = "us-west-2 GetSecretValue large".to_owned();
    stand_in.world.aws.lock().unwrap().insert(key, answer);
    let provider = Provider::start(&stand_in.url, &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    for (entries, is_mounted) in [(500, true), (600, false)] {
        let entries = (0..entries).map(|at| json!({"path": "@", "objectAlias": format!("a{at}")}));
        let entries: Vec<_> = entries.collect();
        let object =
            json!([{"objectName": "large", "objectType": "secretsmanager", "jmesPath": entries}]);
        let message = request(&attributes(&object.to_string()), &target);
        match mount(&mut client, message, LONG).await {
            Ok(_) => assert!(is_mounted),
            Err(error) => {
                assert!(!is_mounted, "{}", error.message());
                assert_eq!(error.code(), tonic::Code::InvalidArgument);
                let text = "the files of this mount exceed 33554432 bytes; split the class";
                assert!(error.message().contains(text), "{}", error.message());
            }
        }
    }
}
