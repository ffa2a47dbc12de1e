//! The mistakes that a policy document can contain.

use crate::source::Origin;
use serde::{Deserialize, Serialize};

/// How much a mistake matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Gravity {
    /// No policy in AWS contains it: it cannot be evaluated faithfully.
    Syntax,
    /// AWS refuses to save it today, but stored documents contain it.
    Save,
    /// AWS saves it, and it hardly has the intended effect.
    Odd,
}

/// A mistake in a policy document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[error("{message}")]
#[non_exhaustive]
pub struct PolicyError {
    /// The kind of mistake.
    pub mistake: Mistake,
    /// The error.
    pub message: String,
    /// The change to make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The place.
    pub origin: Origin,
    /// How much it matters.
    pub gravity: Gravity,
}

/// The mistakes that the parser reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mistake {
    /// A value of another JSON type than the element accepts.
    JsonType,
    /// A member that neither a policy nor a statement has.
    UnknownElement,
    /// The same member twice in one object.
    DuplicateMember,
    /// A `Version` that does not exist.
    UnknownVersion,
    /// No `Version`, or the old `Version` where the policy type requires the new one.
    OldVersion,
    /// No `Statement`, or an empty list of them.
    NoStatement,
    /// No `Effect`.
    NoEffect,
    /// An `Effect` that is neither `Allow` nor `Deny`.
    UnknownEffect,
    /// Neither `Action` nor `NotAction`.
    NoAction,
    /// Neither `Resource` nor `NotResource`.
    NoResource,
    /// No `Principal` where the policy type requires it.
    NoPrincipal,
    /// An element beside its `Not…` form.
    ExclusiveElements,
    /// Two statements with the same Sid.
    DuplicateSid,
    /// A Sid with characters that the policy type does not accept.
    SidCharacters,
    /// `NotAction` in a trust policy.
    TrustNotAction,
    /// `Resource` in a trust policy.
    TrustResource,
    /// `NotPrincipal` in a trust policy.
    TrustNotPrincipal,
    /// An action of another service than STS in a trust policy.
    TrustAction,
    /// `Principal` in a policy type that has none.
    ForeignPrincipal,
    /// A principal that is neither `*` nor an object.
    PrincipalShape,
    /// A type of principal that does not exist.
    PrincipalType,
    /// A wildcard inside a principal.
    PrincipalWildcard,
    /// A group as a principal.
    PrincipalGroup,
    /// A resource control policy with another principal than `*`.
    RcpPrincipal,
    /// A resource control policy that allows.
    RcpAllow,
    /// A resource control policy with `NotAction`.
    RcpNotAction,
    /// A resource control policy on every action.
    RcpEveryAction,
    /// An operator that does not exist.
    UnknownOperator,
    /// `NullIfExists`.
    NullIfExists,
    /// The same key twice under one operator.
    DuplicateKey,
    /// Values of one key of different JSON types.
    MixedTypes,
    /// A condition, or an operator in it, without keys.
    EmptyCondition,
    /// A principal object without types.
    EmptyPrincipal,
    /// A set operator on the encryption context in a key policy.
    SetOperatorOnContext,
    /// A `${…}` that cannot be parsed.
    Variable,
    /// A date that cannot be parsed.
    Date,
    /// An action without its service, or with too many colons.
    ActionShape,
    /// A service of an action with characters that no service name has.
    ActionService,
    /// A resource that is no ARN.
    ResourceShape,
    /// A wildcard in the service of an ARN.
    ResourceService,
}
