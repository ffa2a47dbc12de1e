//! Which permission is missing, or which policy denies.

use super::case::Case;
use crate::document::conditions::is_source;
use policy_engine::{
    evaluator::{Side, Verdict, explain::StatementTrace},
    policy::statement::Condition,
    service::{KMS, PARAMETER_STORE, SECRETS_MANAGER, ServiceProfile},
    simulator::Call,
};

/// Which permission is missing; each ground is the general cause of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Boundary,
    Scp,
    Rcp,
    Session,
    Endpoint,
    /// The key policy.
    Key,
    /// The resource policy of a secret in another account.
    Secret,
    /// The share of a parameter in another account.
    Share,
    /// The caller's permission for a secret in another account, whose resource policy allows it.
    Foreign,
    /// A statement of the trust policy denies it.
    Trust,
    /// The same, because of the source of the request.
    TrustSource,
    /// A statement of the role's policies or of the object's policy denies the request.
    Denied,
    /// The same, because of the VPC or the endpoint of the request.
    DeniedNetwork,
    Describe,
    Decrypt,
    GetParameters,
    GetSecretValue,
}

impl Ground {
    /// Whether the caller's own policies lack a permission for the object.
    pub(crate) fn is_permission(self) -> bool {
        matches!(
            self,
            Self::GetSecretValue | Self::Describe | Self::GetParameters | Self::Foreign
        )
    }
}

/// The ground of a side without an Allow.
pub(super) fn ground(case: &Case<'_>, call: &Call, side: Side) -> Ground {
    let action = call.request.action.name();
    let is_local = call.request.principal.account() == call.request.resource_account.as_ref();
    let service = ServiceProfile::of_action(action);
    let is_parameter = *case.mount.service == PARAMETER_STORE || service == Some(&PARAMETER_STORE);
    let resource_allows = call.outcome.resource == Some(Verdict::Allow);
    match side {
        Side::Boundary => Ground::Boundary,
        Side::Scp => Ground::Scp,
        Side::Rcp => Ground::Rcp,
        Side::Session => Ground::Session,
        Side::Endpoint => Ground::Endpoint,
        Side::Resource if is_key_read(action) => Ground::Key,
        // Within an account the identity policies are enough: a permission is missing, not a resource policy (docs/semantics.md#same-account).
        Side::Resource if is_local && is_parameter => Ground::GetParameters,
        Side::Resource if is_local => Ground::GetSecretValue,
        Side::Resource if is_parameter => Ground::Share,
        Side::Resource => Ground::Secret,
        // Across accounts both sides must allow: docs/semantics.md#cross-account.
        Side::Identity if service == Some(&SECRETS_MANAGER) && !is_local && resource_allows => {
            Ground::Foreign
        }
        Side::Identity if is_only_of_rotation(action) => Ground::Describe,
        Side::Identity if is_key_read(action) => Ground::Decrypt,
        Side::Identity if is_parameter => Ground::GetParameters,
        Side::Identity => Ground::GetSecretValue,
    }
}

/// The ground of a Deny of the role's policies or of a resource policy, by its condition.
pub(super) fn denied(call: &Call, side: Side, condition: Option<&Condition>) -> Ground {
    const NETWORK: [&str; 4] = [
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:sourceip",
    ];
    let key = condition.map_or("", |own| own.key.text.literal());
    let key = key.to_ascii_lowercase();
    let action = call.request.action.name();
    match side {
        Side::Resource if action.starts_with("sts:") && is_source(&key) => Ground::TrustSource,
        Side::Resource if action.starts_with("sts:") => Ground::Trust,
        _ if NETWORK.contains(&&*key) => Ground::DeniedNetwork,
        Side::Resource if is_key_read(action) => Ground::Key,
        _ => Ground::Denied,
    }
}

/// The condition of a Deny that lists the exceptions, else its first condition.
pub(super) fn deciding(deny: &StatementTrace) -> Option<&Condition> {
    let conditions = &deny.written()?.conditions;
    let mut negated = conditions.iter();
    let negated = negated.find(|own| own.parsed.is_some_and(|parsed| parsed.negated));
    negated.or_else(|| conditions.first())
}

/// Whether an action reads with a key.
pub(super) fn is_key_read(action: &str) -> bool {
    KMS.read.contains(&action)
}

/// Whether polls need an action that the first mount does not need.
fn is_only_of_rotation(action: &str) -> bool {
    ServiceProfile::of_action(action)
        .is_some_and(|service| service.rotate.contains(&action) && !service.read.contains(&action))
}
