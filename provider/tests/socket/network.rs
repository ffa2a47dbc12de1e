//! Connections to AWS: proxies, certificates, FIPS and dual-stack hosts; direct connections to the agent and the API server.

use super::{
    driver::{attributes, connect, mount, request, secrets},
    moto,
    process::{Provider, files},
    stand_in::StandIn,
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const LONG: Duration = Duration::from_mins(1);
const ROLE: &str = "arn:aws:iam::111122223333:role/app";

/// Settings, and the expected hosts.
type Row<'a> = (&'a [(&'a str, &'a str)], [&'a str; 3]);

/// A proxy that connects every CONNECT to one address, or refuses it; it records the requested hosts.
struct Tunnel {
    url: String,
    hosts: Arc<Mutex<BTreeSet<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Tunnel {
    async fn start(to: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hosts = Arc::new(Mutex::new(BTreeSet::new()));
        let kept = Arc::clone(&hosts);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(tunnel(stream, to.clone(), Arc::clone(&kept)));
            }
        });
        Self { url, hosts, task }
    }

    fn take(&self) -> Vec<String> {
        let hosts = std::mem::take(&mut *self.hosts.lock().unwrap());
        hosts.into_iter().collect()
    }
}

async fn tunnel(
    mut stream: TcpStream,
    to: Option<String>,
    hosts: Arc<Mutex<BTreeSet<String>>>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let host = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    hosts.lock().unwrap().insert(host.to_owned());
    let Some(to) = to else {
        let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
        return stream.write_all(refusal).await.ok();
    };
    let mut server = TcpStream::connect(to).await.ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    tokio::io::copy_bidirectional(&mut stream, &mut server)
        .await
        .ok()
        .map(drop)
}

fn service_account(stand_in: &StandIn) {
    let account =
        json!({"metadata": {"name": "app", "annotations": {"eks.amazonaws.com/role-arn": ROLE}}});
    stand_in.world.kubernetes.lock().unwrap().insert(
        "/api/v1/namespaces/qa/serviceaccounts/app".to_owned(),
        account,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_is_called_through_the_proxy_and_agent_and_api_server_are_not() {
    for name in ["HTTP_PROXY", "http_proxy"] {
        let (proxy, node) = (StandIn::start().await, StandIn::start().await);
        service_account(&node);
        let env = [
            ("AWS_ENDPOINT_URL", "http://aws.invalid/aws"),
            ("AWS_ENDPOINT_URL_STS", "http://sts.invalid/sts"),
            (name, &proxy.url),
        ];
        let provider = Provider::start(&node.url, &[], &env).await;
        let target = provider.target("m");
        let mut client = connect(provider.socket()).await;
        for identity in ["true", "false"] {
            let mut attributes = attributes(&secrets(["foo".to_owned()]));
            attributes["usePodIdentity"] = json!(identity);
            mount(&mut client, request(&attributes, &target), LONG)
                .await
                .unwrap();
        }
        let read = "us-west-2 GetSecretValue foo";
        let assume = format!("sts AssumeRoleWithWebIdentity {ROLE} qa@app@app-1");
        assert_eq!(proxy.calls(), [&assume, read, read], "{name}");
        assert_eq!(
            node.calls(),
            [
                "GET /api/v1/namespaces/qa/serviceaccounts/app",
                "agent canary-pod-identity-token"
            ],
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_in_no_proxy_are_reached_directly() {
    for (no_proxy, works) in [
        ("127.0.0.1", true),
        ("example.com,127.0.0.0/8", true),
        ("*", true),
        ("example.com", false),
    ] {
        let stand_in = StandIn::start().await;
        // No process listens on the discard port.
        let env = [("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", no_proxy)];
        let provider = Provider::start(&stand_in.url, &[], &env).await;
        let target = provider.target("m");
        let mut client = connect(provider.socket()).await;
        let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
        let answer = mount(&mut client, message, LONG).await;
        assert_eq!(answer.is_ok(), works, "{no_proxy}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_the_bundle_are_trusted_also_through_a_proxy() {
    let directory = tempfile::tempdir().unwrap();
    let moto = moto::Moto::start_with_tls(directory.path()).await;
    moto.boto("client('secretsmanager').create_secret(Name='foo', SecretString='over TLS')");
    let stand_in = StandIn::start().await;
    let tunnel = Tunnel::start(Some(moto.address.clone())).await;
    let bundle = directory.path().join("ca.pem");
    let bundle = bundle.to_str().unwrap();
    let away = "https://aws.test:8443";
    for (url, bundle, proxy, works) in [
        (moto.url.as_str(), bundle, "", true),
        (away, bundle, tunnel.url.as_str(), true),
        (moto.url.as_str(), "", "", false),
    ] {
        let env = [
            ("AWS_ENDPOINT_URL", url),
            ("AWS_CA_BUNDLE", bundle),
            ("HTTPS_PROXY", proxy),
        ];
        let provider = Provider::start(&stand_in.url, &[], &env).await;
        let target = provider.target("m");
        let mut client = connect(provider.socket()).await;
        let message = request(&attributes(&secrets(["foo".to_owned()])), &target);
        match mount(&mut client, message, LONG).await {
            Ok(_) => {
                assert!(works, "{url}");
                assert_eq!(files(&target)["foo"], b"over TLS");
            }
            Err(error) => {
                assert!(!works, "{url}: {error:?}");
                assert_eq!(error.code(), tonic::Code::Internal);
                assert!(error.message().contains("certificate"), "{error:?}");
            }
        }
    }
    assert_eq!(tunnel.take(), ["aws.test:8443"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_services_obey_fips_dual_stack_and_endpoint_settings() {
    let stand_in = StandIn::start().await;
    service_account(&stand_in);
    let tunnel = Tunnel::start(None).await;
    let regional = [
        "secretsmanager.us-west-2.amazonaws.com:443",
        "ssm.us-west-2.amazonaws.com:443",
        "sts.us-west-2.amazonaws.com:443",
    ];
    let fips = [
        "secretsmanager-fips.us-west-2.amazonaws.com:443",
        "ssm-fips.us-west-2.amazonaws.com:443",
        "sts-fips.us-west-2.amazonaws.com:443",
    ];
    // The normal host of Secrets Manager has addresses of both families (endpoint rules of the SDK).
    let dual = [
        "secretsmanager.us-west-2.amazonaws.com:443",
        "ssm.us-west-2.api.aws:443",
        "sts.us-west-2.api.aws:443",
    ];
    let own = ["own.test:443"; 3];
    let parts = ["sm.test:443", "ssm.test:443", "sts.test:443"];
    let rows: [Row; 6] = [
        (&[], regional),
        (&[("AWS_USE_FIPS_ENDPOINT", "true")], fips),
        (&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], dual),
        (&[("AWS_ENDPOINT_URL", "https://own.test")], own),
        (
            &[
                ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://sm.test"),
                ("AWS_ENDPOINT_URL_SSM", "https://ssm.test"),
                ("AWS_ENDPOINT_URL_STS", "https://sts.test"),
            ],
            parts,
        ),
        (
            &[
                ("AWS_ENDPOINT_URL", "https://own.test"),
                ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ],
            regional,
        ),
    ];
    for (given, wanted) in rows {
        let mut env = vec![
            ("AWS_ENDPOINT_URL", ""),
            ("AWS_ENDPOINT_URL_STS", ""),
            ("HTTPS_PROXY", tunnel.url.as_str()),
        ];
        env.extend_from_slice(given);
        let provider = Provider::start(&stand_in.url, &[], &env).await;
        let target = provider.target("m");
        let mut client = connect(provider.socket()).await;
        let objects = json!([
            {"objectName": "a", "objectType": "secretsmanager"},
            {"objectName": "b", "objectType": "ssmparameter"},
        ]);
        for identity in ["true", "false"] {
            let mut attributes = attributes(&objects.to_string());
            attributes["usePodIdentity"] = json!(identity);
            let message = request(&attributes, &target);
            mount(&mut client, message, LONG).await.unwrap_err();
        }
        let wanted: BTreeSet<_> = wanted.into_iter().collect();
        let actual = tunnel.take();
        assert!(actual.iter().eq(wanted.iter()), "{given:?}: {actual:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_cannot_be_reached_is_named_with_the_cause() {
    // No process listens on the discard port.
    let provider = Provider::start("http://127.0.0.1:9", &[], &[]).await;
    let target = provider.target("m");
    let mut client = connect(provider.socket()).await;
    let mut attributes = attributes(&secrets(["foo".to_owned()]));
    attributes["usePodIdentity"] = json!("false");
    let message = request(&attributes, &target);
    let error = mount(&mut client, message, LONG).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Internal);
    let text = error.message();
    let start = "failed to get service account qa/app: the Kubernetes API at http://127.0.0.1:9/k8s cannot be reached: tcp connect error: ";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("Connection refused"), "{text}");
    assert!(text.contains(" hint: check the address"), "{text}");
}
