//! The settings that all AWS clients share, and the errors of AWS.

use crate::{
    config::Config,
    error::{Kind, causes},
};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{http::SharedHttpClient, orchestrator::HttpResponse};
use aws_smithy_types::{retry::RetryMode, timeout::TimeoutConfig};
use aws_types::{
    app_name::AppName,
    region::Region,
    request_id::RequestId,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};
use std::{fmt::Write as _, time::Duration};

/// The name that the driver sees.
pub(crate) const NAME: &str = "secrets-store-csi-driver-provider-aws";
/// The name in the user agent, in the place of that of upstream.
const APP: &str = "ascp-policy-provider";

/// A connection without a call is closed after this time, or twice this time, because the pool looks for such connections once in it.
/// A mount fetches its objects at the same time and rotation follows minutes later, so a longer time would only hold file descriptors
/// of the node.
pub(crate) const IDLE: Duration = Duration::from_secs(10);

/// The time limit of one attempt of a call.
const ATTEMPT: Duration = Duration::from_secs(15);

/// Reads the settings of the SDK from the environment, once; the provider never takes credentials from there.
pub(crate) async fn settings(config: &Config) -> Result<SdkConfig, String> {
    check_endpoints()?;
    check_retries()?;
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .no_credentials()
        .region(Region::from_static("us-east-1"))
        .http_client(http_client()?)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_millis(3100))
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        );
    if let Ok(name) = AppName::new(app_name(config)) {
        loader = loader.app_name(name);
    }
    // The identity cache of the SDK would grow with every pod; `identity` has a bounded one.
    let loader = loader.identity_cache(aws_config::identity::IdentityCache::no_cache());
    // The SDK panics on some invalid settings.
    let loaded = tokio::spawn(loader.load()).await.map_err(|_| {
        "a setting of the AWS SDK is invalid; check AWS_PROFILE, AWS_CONFIG_FILE and the named files"
    })?;
    let ignored = std::env::var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if !ignored.is_ok_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(loaded);
    }
    let mut settings = loaded.into_builder();
    settings.set_endpoint_url(None);
    settings.set_service_config(Some(NoServiceConfig));
    Ok(settings.build())
}

/// Hides the endpoints of single services: with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` the SDK ignores only the common endpoint.
#[derive(Debug)]
struct NoServiceConfig;

impl LoadServiceConfig for NoServiceConfig {
    fn load_config(&self, _: ServiceConfigKey<'_>) -> Option<String> {
        None
    }
}

/// Refuses an endpoint that is not a URL: the SDK would use the endpoint of AWS instead, without a warning.
fn check_endpoints() -> Result<(), String> {
    for service in ["", "_SECRETS_MANAGER", "_SSM", "_STS"] {
        let name = format!("AWS_ENDPOINT_URL{service}");
        let Ok(url) = std::env::var(&name) else {
            continue;
        };
        let is_url = url.parse::<hyper::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
        });
        if !url.is_empty() && !is_url {
            return Err(format!(
                "{name} `{url}` is not a URL, e.g. https://host:port"
            ));
        }
    }
    Ok(())
}

/// Refuses retry settings on which the SDK panics.
fn check_retries() -> Result<(), String> {
    let [mode, attempts] = ["AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"].map(std::env::var);
    if let Ok(mode) = &mode
        && mode.parse::<RetryMode>().is_err()
    {
        return Err(format!(
            "AWS_RETRY_MODE `{mode}` is not `standard` or `adaptive`"
        ));
    }
    if let Ok(attempts) = &attempts
        && !attempts.parse::<u32>().is_ok_and(|number| number > 0)
    {
        return Err(format!(
            "AWS_MAX_ATTEMPTS `{attempts}` is not a positive number"
        ));
    }
    Ok(())
}

/// The app id in the user agent.
pub(crate) fn app_name(config: &Config) -> String {
    let version = if config.eks_addon_version.is_empty() {
        env!("CARGO_PKG_VERSION")
    } else {
        &config.eks_addon_version
    };
    let allowed = |character: char| {
        character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
    };
    let name = format!("{APP}-{version}");
    name.chars()
        .map(|character| if allowed(character) { character } else { '-' })
        .take(50)
        .collect()
}

/// One HTTP client, and so one pool of connections, for all pods; with the proxies of the environment and the roots of `AWS_CA_BUNDLE`.
fn http_client() -> Result<SharedHttpClient, String> {
    let mut trust = TrustStore::default();
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let pem = std::fs::read(&path)
            .map_err(|error| format!("AWS_CA_BUNDLE {}: {error}", path.display()))?;
        trust = trust.with_pem_certificate(pem);
    }
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| format!("AWS_CA_BUNDLE: {error}"))?;
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .pool_idle_timeout(IDLE)
            .proxy_config(proxies());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build()
    });
    Ok(client)
}

/// The proxies of the environment. In upstream `*` excludes every host; in the library it excludes only names.
fn proxies() -> ProxyConfig {
    let excluded = ["NO_PROXY", "no_proxy"].map(std::env::var);
    let all = excluded
        .into_iter()
        .flatten()
        .any(|hosts| hosts.split(',').any(|host| host.trim() == "*"));
    if all {
        ProxyConfig::disabled()
    } else {
        ProxyConfig::from_env()
    }
}

/// The failure of a call in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Whether the failure fails the mount also if the other region answers.
    pub(crate) fatal: bool,
    /// The kind of the error of the mount.
    pub(crate) kind: Kind,
    /// The region.
    pub(crate) region: String,
    /// The service and the operation, as the Go SDK names them.
    pub(crate) operation: &'static Operation,
    /// The error code of AWS, or of this provider.
    pub(crate) code: String,
    /// The message of AWS, or of this provider.
    pub(crate) message: String,
    /// The request id of AWS.
    pub(crate) request_id: Option<String>,
    /// The HTTP status.
    pub(crate) status: Option<u16>,
}

/// An operation of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The name of the service in texts.
    pub(crate) service: &'static str,
    /// The operation.
    pub(crate) name: &'static str,
    /// The error codes that fail the mount also if the other region answers.
    ///
    /// These are the "client" faults of the service model, by which upstream decides. The model does not list all codes:
    /// `AccessDeniedException` is not among them.
    pub(crate) fatal: &'static [&'static str],
}

/// `GetSecretValue`
pub(crate) const GET_SECRET_VALUE: &Operation = &Operation {
    service: "Secrets Manager",
    name: "GetSecretValue",
    fatal: &[
        "ResourceNotFoundException",
        "DecryptionFailure",
        "InvalidRequestException",
        "InvalidParameterException",
    ],
};
/// `DescribeSecret`
pub(crate) const DESCRIBE_SECRET: &Operation = &Operation {
    service: "Secrets Manager",
    name: "DescribeSecret",
    fatal: &["ResourceNotFoundException", "InvalidParameterException"],
};
/// `GetParameters`
pub(crate) const GET_PARAMETERS: &Operation = &Operation {
    service: "SSM",
    name: "GetParameters",
    fatal: &["InvalidKeyId"],
};
/// `AssumeRoleWithWebIdentity`
pub(crate) const ASSUME_ROLE: &Operation = &Operation {
    service: "STS",
    name: "AssumeRoleWithWebIdentity",
    fatal: &[
        "ExpiredTokenException",
        "IDPCommunicationError",
        "IDPRejectedClaim",
        "InvalidIdentityToken",
        "MalformedPolicyDocument",
        "PackedPolicyTooLarge",
        "RegionDisabledException",
    ],
};
/// The Pod Identity Agent
pub(crate) const AGENT: &Operation = &Operation {
    service: "Pod Identity Agent",
    name: "GetCredentials",
    fatal: &[],
};
/// The work of this provider after the answer of AWS.
pub(crate) const LOCAL: &Operation = &Operation {
    service: "provider",
    name: "jmesPath",
    fatal: &[],
};

impl Failure {
    /// A failure without an answer of AWS; the other region can replace it.
    pub(crate) fn local(
        region: &str,
        operation: &'static Operation,
        code: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            fatal: false,
            kind: Kind::Internal,
            region: region.to_owned(),
            operation,
            code: code.to_owned(),
            message: message.into(),
            request_id: None,
            status: None,
        }
    }

    /// Converts an error of the SDK. Of the body of a response it keeps only code and message.
    pub(crate) fn from_sdk<E>(
        region: &str,
        operation: &'static Operation,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let context = match error {
            SdkError::ServiceError(context) => context,
            SdkError::TimeoutError(_) => {
                return Self::local(
                    region,
                    operation,
                    "TimeoutError",
                    "no answer within the time limit",
                );
            }
            SdkError::DispatchFailure(failure) => {
                let reason = failure
                    .as_connector_error()
                    .map_or_else(String::new, |error| causes(error));
                let code = match () {
                    () if failure.is_timeout() => "ConnectTimeout",
                    () if reason.contains("SendRequest") => "ConnectionClosed",
                    () => "ConnectionFailed",
                };
                return Self::local(region, operation, code, reason);
            }
            SdkError::ResponseError(_) => {
                let text = "the answer ended early or is not readable";
                return Self::local(region, operation, "ResponseError", text);
            }
            _ => {
                let text = "the request could not be built; check the region and endpoint settings";
                return Self::local(region, operation, "RequestError", text);
            }
        };
        let service_error = context.err();
        let code = service_error.code().unwrap_or("UnknownError").to_owned();
        let kind = kind_of(&code);
        Self {
            fatal: operation.fatal.contains(&code.as_str()),
            kind,
            region: region.to_owned(),
            operation,
            message: service_error.message().unwrap_or_default().to_owned(),
            request_id: service_error.meta().request_id().map(str::to_owned),
            status: Some(context.raw().status().as_u16()),
            code,
        }
    }

    /// The text in the form of the SDK of upstream, so that searches still match.
    pub(crate) fn sdk_text(&self) -> String {
        let Operation { service, name, .. } = *self.operation;
        let mut text = format!("operation error {service}: {name}, ");
        if let Some(status) = self.status {
            let id = self.request_id.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "https response error StatusCode: {status}, RequestID: {id}, "
            ));
        }
        text.push_str(&format!("{}: {}", self.code, self.message));
        text
    }

    /// The cause in brackets, for the texts that have no cause in upstream (DEV-11).
    pub(crate) fn cause(&self) -> String {
        let mut text = if self.operation == LOCAL {
            format!("[{}: {}", self.region, self.message)
        } else {
            format!(
                "[{}: {}: {}: {}",
                self.region, self.operation.name, self.code, self.message
            )
        };
        if let Some(id) = &self.request_id {
            let _ = write!(text, ", request id {id}");
        }
        text.push(']');
        text
    }

    /// Whether AWS denies the access.
    pub(crate) fn is_denial(&self) -> bool {
        self.kind == Kind::PermissionDenied
    }
}

fn kind_of(code: &str) -> Kind {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidIdentityToken"
        | "IDPRejectedClaim"
        | "InvalidSignatureException"
        | "DecryptionFailure"
        | "InvalidKeyId" => Kind::PermissionDenied,
        "ResourceNotFoundException" | "ParameterNotFound" => Kind::NotFound,
        "InvalidRequestException"
        | "InvalidParameterException"
        | "ValidationException"
        | "ValidationError" => Kind::InvalidArgument,
        _ => Kind::Internal,
    }
}

/// The kind of the error if all regions failed.
pub(crate) fn worst(failures: &[Failure]) -> Kind {
    let denied = failures.iter().find(|failure| failure.is_denial());
    let first = denied.or_else(|| failures.first());
    first.map_or(Kind::Internal, |failure| failure.kind)
}

/// The pod of a mount, for hints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// The pod's namespace.
    pub(crate) namespace: String,
    /// The pod's service account.
    pub(crate) service_account: String,
}

/// One sentence with the repair, for well-known causes.
pub(crate) fn hint(failures: &[Failure], object: &str, caller: &Caller) -> Option<String> {
    let denial = failures.iter().find(|failure| failure.is_denial());
    let failure = denial.or_else(|| failures.first())?;
    let Caller {
        namespace,
        service_account,
    } = caller;
    let region = &failure.region;
    let kms = failure.message.to_ascii_lowercase().contains("kms");
    let text = match (failure.operation.name, failure.code.as_str()) {
        ("AssumeRoleWithWebIdentity", "AccessDenied") => format!(
            "allow sts:AssumeRoleWithWebIdentity in the role's trust policy for system:serviceaccount:{namespace}:{service_account} with the OIDC provider of the cluster"
        ),
        ("GetCredentials", "ResourceNotFoundException") => format!(
            "create a Pod Identity association for service account {namespace}/{service_account}"
        ),
        ("GetCredentials", "AccessDeniedException") => format!(
            "check the Pod Identity association of service account {namespace}/{service_account}; the trust policy of its role must allow sts:AssumeRole and sts:TagSession for pods.eks.amazonaws.com"
        ),
        ("GetCredentials", "ConnectionFailed" | "TimeoutError") => {
            "check that the EKS Pod Identity Agent is running on this node".to_owned()
        }
        (_, "DecryptionFailure" | "InvalidKeyId" | "AccessDeniedException") if kms => format!(
            "allow kms:Decrypt on the key of {object} in {region}, in the role's policy and in the key policy; `ascp-policy check` names the line to change"
        ),
        (_, "InvalidRequestException") if is_deleted(&failure.message) => format!(
            "restore the secret with `aws secretsmanager restore-secret --secret-id {object} --region {region}`, or remove the object from the class"
        ),
        (operation, "AccessDeniedException") => {
            let prefix = if failure.operation.service == "SSM" {
                "ssm"
            } else {
                "secretsmanager"
            };
            // AWS Systems Manager User Guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
            let referenced = object.strip_prefix("/aws/reference/secretsmanager/");
            let and = referenced.map_or_else(String::new, |secret| {
                format!(" and secretsmanager:GetSecretValue on {secret}")
            });
            format!(
                "allow {prefix}:{operation} on {object}{and} in {region} for the pod's role; `ascp-policy check` names the line to change"
            )
        }
        (_, "ConnectTimeout" | "ConnectionFailed" | "TimeoutError") => format!(
            "check DNS, network policies and the VPC endpoint of {} in {region}",
            failure.operation.service
        ),
        _ => return None,
    };
    Some(text)
}

/// Secrets Manager returns `InvalidRequestException` for several reasons, and only the message names this one: the secret "was marked
/// for deletion", "is scheduled for deletion" or "was deleted" (AWS Secrets Manager User Guide, "Delete an AWS Secrets Manager secret").
fn is_deleted(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("deletion") || message.contains("deleted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_id_contains_the_name_and_the_version_of_the_add_on() {
        let mut config = Config::default();
        let own = format!("ascp-policy-provider-{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(app_name(&config), own);
        config.eks_addon_version = "v1.2.3-eksbuild.1".to_owned();
        assert_eq!(app_name(&config), "ascp-policy-provider-v1.2.3-eksbuild.1");
        config.eks_addon_version = "é/".repeat(50);
        let name = app_name(&config);
        assert_eq!(name.len(), 50);
        assert!(AppName::new(name).is_ok());
    }
}
