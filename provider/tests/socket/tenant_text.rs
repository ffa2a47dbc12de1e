//! Text of tenants and of AWS in logs, errors and metrics: one line per event in every format, without hidden characters, bounded.

use super::{
    driver::{attributes, connect, mount, request},
    process::{Provider, get},
    stand_in::StandIn,
};
use policy_engine::disarm::is_hostile;
use serde_json::json;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

/// Mounts with this text at each place where a tenant or a service can write; returns the log, and the text that the driver sees.
async fn outputs(format: &str, text: &str) -> (String, String) {
    let stand_in = StandIn::start().await;
    let message = format!("no {text} access");
    let refusal = json!({"error": "AccessDeniedException", "message": message});
    let failure = json!({"error": "InternalServiceError", "message": message, "status": 500});
    {
        let mut answers = stand_in.world.aws.lock().unwrap();
        answers.insert("us-west-2 GetSecretValue".to_owned(), refusal);
        answers.insert("eu-west-1 DescribeSecret".to_owned(), failure.clone());
        answers.insert("us-east-1 GetSecretValue".to_owned(), failure);
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let admin = format!("--admin-addr={port}");
    let log_format = format!("--log-format={format}");
    let flags = ["--log-level=info", &admin, &log_format];
    let provider = Provider::start(&stand_in.url, &flags, &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let mut object = json!({
        "objectName": format!("n{text}"),
        "objectType": "secretsmanager",
        "objectAlias": format!("al{text}"),
    });
    object[format!("key{text}")] = json!("x");
    let mut seen = String::new();
    for (key, value) in [
        ("objects", json!([object]).to_string()),
        ("objects", text.to_owned()),
        ("pathTranslation", format!("xx{text}")),
        ("usePodIdentity", format!("true{text}")),
        ("preferredAddressType", format!("ipv4{text}")),
        ("failoverRegion", "eu-west-1".to_owned()),
        ("region", "us-east-1".to_owned()),
        ("region", format!("r{text}")),
        ("csi.storage.k8s.io/pod.name", format!("p{text}")),
        ("csi.storage.k8s.io/pod.namespace", format!("p{text}")),
        ("csi.storage.k8s.io/serviceAccount.name", format!("p{text}")),
    ] {
        let mut attributes = attributes(&json!([object]).to_string());
        attributes[key] = json!(value);
        let answer = mount(&mut client, request(&attributes, &target), LONG).await;
        if let Err(error) = answer {
            seen.push_str(&format!("{}\n", error.message()));
        }
    }
    seen.push_str(&get(port, "/metrics").await.replace('\r', ""));
    (provider.log(), seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_makes_one_harmless_line_per_event_in_every_format() {
    // `provider::logs` tests all code points without a socket; a file name cannot contain NUL.
    let hostile = "\u{1}\t\n\r\u{1b}[2J\u{7f}\u{85}\u{9b}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\u{2028}\u{2029}\u{202e}\u{2066}\u{3164}\u{fe0f}\u{ffa0}\u{e0001}\u{e0041}";
    for format in ["text", "json"] {
        let (plain, _) = outputs(format, "x").await;
        let (log, seen) = outputs(format, hostile).await;
        assert_eq!(log.lines().count(), plain.lines().count(), "{log}");
        let kept = |character: char| !is_hostile(character) || character == '\n';
        assert!(log.chars().all(kept), "{format}: {log:?}");
        assert!(seen.chars().all(kept), "{format}: {seen:?}");
        for line in log.lines() {
            let whole = match format {
                "json" => serde_json::from_str::<serde_json::Value>(line).is_ok(),
                _ => line.starts_with("20"),
            };
            assert!(whole, "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_text_makes_no_long_line() {
    for format in ["text", "json"] {
        let (log, seen) = outputs(format, &"\u{202e}".repeat(100_000)).await;
        for line in log.lines().chain(seen.lines()) {
            assert!(line.len() < 16 * 1024, "{} bytes: {line:.200}", line.len());
        }
    }
}
