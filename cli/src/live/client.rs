//! The SDK's settings, and the identity of its credentials.

use super::{
    call::{self},
    home::{Failure, Home},
};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use std::{path::Path, time::Duration};

/// The most attempts of a call: AWS throttles long lists.
const ATTEMPTS: u32 = 8;
/// The largest file of certificates; that of a whole operating system has less than 1 MiB.
const MAX_BUNDLE: u64 = 16 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);

/// Region, credentials and endpoints as the SDK finds them.
pub(super) async fn settings(
    profile: Option<&str>,
    region: Option<&str>,
) -> Result<SdkConfig, Failure> {
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client()?)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        );
    if std::env::var_os("AWS_MAX_ATTEMPTS").is_none() {
        loader = loader.retry_config(RetryConfig::adaptive().with_max_attempts(ATTEMPTS));
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    // The SDK panics on some settings that it cannot read.
    let loaded = tokio::spawn(loader.load()).await.map_err(|_| Failure {
        message: "a setting of the AWS SDK cannot be read".to_owned(),
        help: Some("check AWS_PROFILE, AWS_CONFIG_FILE, AWS_RETRY_MODE and AWS_MAX_ATTEMPTS"),
    })?;
    if loaded.region().is_none() {
        return Err(Failure {
            message: "no AWS region is set".to_owned(),
            help: Some("pass `--region REGION`, or set AWS_REGION or the region of the profile"),
        });
    }
    Ok(loaded)
}

/// Whose credentials they are.
pub(super) async fn home(settings: &SdkConfig) -> Result<Home, Failure> {
    let missing = || Failure {
        message: "no AWS credentials".to_owned(),
        help: Some(
            "set AWS_PROFILE or pass `--profile NAME`, log in, or give the job a role; only metadata is read",
        ),
    };
    let provider = settings.credentials_provider().ok_or_else(missing)?;
    provider
        .provide_credentials()
        .await
        .map_err(|_| missing())?;
    let identity = aws_sdk_sts::Client::new(settings)
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| call::failure("sts:GetCallerIdentity", &error))?;
    let partition = identity.arn().and_then(|arn| arn.split(':').nth(1));
    Ok(Home {
        account: identity.account().unwrap_or_default().to_owned(),
        partition: partition.unwrap_or("aws").to_owned(),
        region: settings
            .region()
            .map_or_else(String::new, ToString::to_string),
    })
}

/// Proxies from the environment, roots from `AWS_CA_BUNDLE` as well.
fn http_client() -> Result<SharedHttpClient, Failure> {
    let bundle = |error: &dyn std::fmt::Display| Failure {
        message: format!("AWS_CA_BUNDLE: {error}"),
        help: None,
    };
    let mut trust = TrustStore::default();
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let read = loader::read_named(Path::new(&path), MAX_BUNDLE);
        let pem = read.map_err(|refused| bundle(&refused))?;
        trust = trust.with_pem_certificate(pem);
    }
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| bundle(&error))?;
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build()
    });
    Ok(client)
}
