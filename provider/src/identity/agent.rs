//! The Pod Identity Agent: one HTTP GET to a link-local address, without a proxy (DEV-2).

use crate::{
    attributes::{AddressType, Token},
    aws::{AGENT, Failure, IDLE},
    config::Config,
    error::{Kind, causes},
    metrics::Metrics,
};
use aws_credential_types::Credentials;
use aws_smithy_types::date_time::{DateTime, Format};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{Request, Uri, body::Bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use serde::Deserialize;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

const IPV4: &str = "http://169.254.170.23/v1/credentials";
const IPV6: &str = "http://[fd00:ec2::23]/v1/credentials";
/// The time that a mount waits for an agent that starts.
const PATIENCE: Duration = Duration::from_secs(15);
const ATTEMPT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(2);
const MAX_BODY: usize = 64 * 1024;
/// The number of connections without a request that stay open.
const MAX_IDLE: usize = 8;

/// A client of the agent; it remembers which address family answered.
pub(super) struct Agent {
    client: Client<HttpConnector, Empty<Bytes>>,
    ipv4: Vec<String>,
    ipv6: Vec<String>,
    ipv6_worked: AtomicBool,
    attempt: Duration,
    metrics: Arc<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default, alias = "Code", alias = "__type")]
    code: String,
    #[serde(default, alias = "Message")]
    message: String,
}

/// The result of one attempt.
enum Attempt {
    Answered(Result<Credentials, Failure>),
    /// The next address, or the next attempt, can succeed.
    Again(Failure),
}

impl Agent {
    pub(super) fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        let (ipv6, ipv4): (Vec<_>, Vec<_>) = config
            .pod_identity_agent_urls
            .iter()
            .cloned()
            .partition(|url| url.contains("://["));
        let none = config.pod_identity_agent_urls.is_empty();
        let or =
            |urls: Vec<String>, default: &str| if none { vec![default.to_owned()] } else { urls };
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(MAX_IDLE)
                .build(connector),
            ipv4: or(ipv4, IPV4),
            ipv6: or(ipv6, IPV6),
            ipv6_worked: AtomicBool::new(false),
            attempt: config.pod_identity_http_timeout.unwrap_or(ATTEMPT),
            metrics,
        }
    }

    /// Requests credentials until the agent answers; an agent can start late.
    pub(super) async fn credentials(
        &self,
        token: &Token,
        addresses: AddressType,
        region: &str,
        deadline: Instant,
    ) -> Result<Credentials, Failure> {
        let end = deadline.min(Instant::now() + PATIENCE);
        let mut pause = Duration::from_millis(100);
        loop {
            let mut last = None;
            for (url, v6) in self.order(addresses) {
                let attempt = self.ask(url, token, region).await;
                let code = match &attempt {
                    Attempt::Answered(Ok(_)) => "OK",
                    Attempt::Answered(Err(failure)) | Attempt::Again(failure) => &failure.code,
                };
                self.metrics
                    .call("pod-identity-agent", "GetCredentials", region, code);
                match attempt {
                    Attempt::Answered(answer) => {
                        self.ipv6_worked.store(v6, Ordering::Relaxed);
                        return answer;
                    }
                    Attempt::Again(failure) => last = Some(failure),
                }
            }
            let jitter = pause.mul_f64(0.75 + fastrand::f64() / 2.0);
            if Instant::now() + jitter >= end {
                let none = || {
                    Failure::local(
                        region,
                        AGENT,
                        "NoAddress",
                        "no address of the agent for this preferredAddressType",
                    )
                };
                return Err(last.unwrap_or_else(none));
            }
            sleep(jitter).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    fn order(&self, addresses: AddressType) -> Vec<(&str, bool)> {
        let ipv4 = self.ipv4.iter().map(|url| (url.as_str(), false));
        let ipv6 = self.ipv6.iter().map(|url| (url.as_str(), true));
        match addresses {
            AddressType::Ipv4 => ipv4.collect(),
            AddressType::Ipv6 => ipv6.collect(),
            AddressType::Auto if self.ipv6_worked.load(Ordering::Relaxed) => {
                ipv6.chain(ipv4).collect()
            }
            AddressType::Auto => ipv4.chain(ipv6).collect(),
        }
    }

    async fn ask(&self, url: &str, token: &Token, region: &str) -> Attempt {
        let failed = |code: &str, text: String| Failure::local(region, AGENT, code, text);
        let request = url.parse::<Uri>().ok().and_then(|uri| {
            let mut value = hyper::header::HeaderValue::from_str(token.expose()).ok()?;
            value.set_sensitive(true);
            Request::get(uri)
                .header(hyper::header::AUTHORIZATION, value)
                .header(hyper::header::ACCEPT, "application/json")
                .body(Empty::new())
                .ok()
        });
        let Some(request) = request else {
            let text = format!("the address {url} or the token is not valid in an HTTP request");
            return Attempt::Answered(Err(failed("RequestError", text)));
        };
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| {
                failed("ConnectionFailed", format!("{url}: {}", causes(&error)))
            })?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), MAX_BODY)
                .collect()
                .await
                .map_err(|_| failed("ResponseError", format!("{url}: the answer ended early")))?;
            Ok((status, Zeroizing::new(body.to_bytes().to_vec())))
        };
        let (status, body) = match timeout(self.attempt, exchange).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(failure)) => return Attempt::Again(failure),
            Err(_) => {
                let text = format!("{url}: no answer within {:?}", self.attempt);
                return Attempt::Again(failed("TimeoutError", text));
            }
        };
        if status == 200 {
            return Attempt::Answered(read(&body).ok_or_else(|| {
                let text = format!("{url}: the answer contains no credentials");
                failed("ResponseError", text)
            }));
        }
        not_ok(
            status,
            &body,
            failed(
                &format!("HTTP{status}"),
                format!("{url} returned status {status}"),
            ),
        )
    }
}

/// Reads an answer other than 200: a 4XX with a JSON body is final, all others are temporary.
fn not_ok(status: u16, body: &[u8], mut failure: Failure) -> Attempt {
    failure.status = Some(status);
    if let Ok(problem) = serde_json::from_slice::<Problem>(body) {
        if !problem.code.is_empty() {
            failure.code = problem.code;
        }
        failure.message = problem.message;
        failure.fatal = (400..500).contains(&status);
    }
    if status >= 500 || status == 429 || failure.code.contains("Throttling") {
        return Attempt::Again(failure);
    }
    failure.kind = match failure.code.as_str() {
        "AccessDeniedException" | "ExpiredTokenException" | "InvalidTokenException" => {
            Kind::PermissionDenied
        }
        _ if failure.fatal => Kind::FailedPrecondition,
        _ => Kind::Internal,
    };
    Attempt::Answered(Err(failure))
}

fn read(body: &[u8]) -> Option<Credentials> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let expiration = DateTime::from_str(&answer.expiration, Format::DateTime).ok()?;
    Some(Credentials::new(
        answer.access_key_id,
        answer.secret_access_key,
        Some(answer.token),
        SystemTime::try_from(expiration).ok(),
        "PodIdentityAgent",
    ))
}
