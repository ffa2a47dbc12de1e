//! A call to AWS: its answer, that the resource is gone, or that the call was denied.

use super::home::Failure;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::BTreeMap,
    error::Error,
    future::Future,
    sync::{Mutex, PoisonError},
};

/// The number of requests to a service at a time.
const AT_ONCE: usize = 8;

/// An action, and the facts that are unknown if the action is denied.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    unknown: &'static str,
}

const SCPS_AND_RCPS: &str =
    "the SCPs and RCPs of the account (unless a world file describes `organization`)";

macro_rules! actions {
    ($($constant:ident: $name:literal, $unknown:expr;)*) => {
        $(pub(super) const $constant: &Action = &Action { name: $name, unknown: $unknown };)*
        /// All of them.
        pub(super) const ALL: &[&Action] = &[$($constant),*];
    };
}

actions! {
    AUTHORIZATION_DETAILS: "iam:GetAccountAuthorizationDetails", "all roles and their policies";
    LIST_CLUSTERS: "eks:ListClusters", "the list of clusters";
    DESCRIBE_CLUSTER: "eks:DescribeCluster", "the issuer";
    LIST_ASSOCIATIONS: "eks:ListPodIdentityAssociations", "the Pod Identity associations";
    DESCRIBE_ASSOCIATION: "eks:DescribePodIdentityAssociation", "the role";
    LIST_SECRETS: "secretsmanager:ListSecrets", "all secrets";
    DESCRIBE_SECRET: "secretsmanager:DescribeSecret", "replicas in other regions";
    SECRET_POLICY: "secretsmanager:GetResourcePolicy", "the resource policy";
    LIST_KEYS: "kms:ListKeys", "all keys";
    LIST_ALIASES: "kms:ListAliases", "the keys of aliases";
    DESCRIBE_KEY: "kms:DescribeKey", "the key";
    KEY_POLICY: "kms:GetKeyPolicy", "the key policy";
    LIST_GRANTS: "kms:ListGrants", "the grants";
    KEY_TAGS: "kms:ListResourceTags", "the tags";
    DESCRIBE_PARAMETERS: "ssm:DescribeParameters", "all parameters";
    PARAMETER_TAGS: "ssm:ListTagsForResource", "the tags";
    PARAMETER_POLICIES: "ssm:GetResourcePolicies", "the shares of the parameter";
    DESCRIBE_ORGANIZATION: "organizations:DescribeOrganization", SCPS_AND_RCPS;
    LIST_ROOTS: "organizations:ListRoots", SCPS_AND_RCPS;
    LIST_PARENTS: "organizations:ListParents", SCPS_AND_RCPS;
    LIST_POLICIES: "organizations:ListPoliciesForTarget", SCPS_AND_RCPS;
    DESCRIBE_POLICY: "organizations:DescribePolicy", SCPS_AND_RCPS;
}

/// All calls of a run.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The denied calls by action: AWS's code and the resources.
    refused: Mutex<BTreeMap<&'static str, Refusals>>,
}

#[derive(Debug)]
struct Refusals {
    unknown: &'static str,
    code: String,
    about: Vec<String>,
}

impl Calls {
    /// The answer of a call; `None` if the resource is gone or the call was denied, which is recorded.
    pub(super) async fn ask<T, E>(
        &self,
        action: &'static Action,
        about: &str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<Option<T>, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let error = match call.await {
            Ok(answer) => return Ok(Some(answer)),
            Err(error) => error,
        };
        let code = error.code().unwrap_or_default();
        if is_gone(code) {
            return Ok(None);
        }
        if !is_refused(code) {
            return Err(failure(action.name, &error));
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refusals = refused.entry(action.name).or_insert_with(|| Refusals {
            unknown: action.unknown,
            code: code.to_owned(),
            about: Vec::new(),
        });
        refusals.about.push(about.to_owned());
        Ok(None)
    }

    /// The denied calls, a sentence per action.
    pub(super) fn refused(self) -> Vec<String> {
        let refused = self
            .refused
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let sentence = |(action, mut refusals): (&str, Refusals)| {
            refusals.about.sort_unstable();
            let first = refusals.about.first().map_or("", String::as_str);
            let asked = match refusals.about.len() {
                _ if first.is_empty() => String::new(),
                1 => format!(" for {first}"),
                count => format!(" for {first} and {} more", count - 1),
            };
            let Refusals { unknown, code, .. } = refusals;
            format!("{action} was denied ({code}){asked}; unknown: {unknown}")
        };
        refused.into_iter().map(sentence).collect()
    }
}

/// Makes a request for each item, `AT_ONCE` at a time; the answers are in the order of the items.
pub(super) async fn each<T, R, F>(
    items: impl IntoIterator<Item = T>,
    ask: impl Fn(T) -> F,
) -> Result<Vec<R>, Failure>
where
    F: Future<Output = Result<R, Failure>>,
{
    stream::iter(items.into_iter().map(ask))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

/// A failure other than a denial. The message contains only AWS's code and message, because the body can hold other data.
pub(super) fn failure<E>(what: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => reason(error),
    };
    let help = match error {
        SdkError::ServiceError(_) => None,
        _ => Some("check the network, the region and the endpoint settings of the SDK"),
    };
    Failure {
        message: format!("{what}: {text}"),
        help,
    }
}

/// The reason why AWS gave no answer.
fn reason<E>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => {
            let mut reason = "no connection".to_owned();
            let mut source = failure.as_connector_error().and_then(Error::source);
            while let Some(error) = source {
                reason = error.to_string();
                source = error.source();
            }
            reason
        }
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        _ => "the answer cannot be read".to_owned(),
    }
}

/// A key in a state that forbids the call counts as denied.
fn is_refused(code: &str) -> bool {
    let words = [
        "AccessDenied",
        "NotAuthorized",
        "UnauthorizedOperation",
        "AuthorizationError",
        "InvalidState",
    ];
    words.iter().any(|word| code.contains(word))
}

/// A listed resource can be gone a moment later.
fn is_gone(code: &str) -> bool {
    code.contains("NotFound") || code.contains("NoSuchEntity")
}
