//! One authorization question: principal, action, resource and context.

use super::{action::Action, context::Context, principal::Principal};
use crate::{syntax::arn::Segmented, text::Text};
use serde::{Deserialize, Serialize};

/// One authorization question.
#[derive(Clone, Debug)]
pub struct Request {
    /// The principal.
    pub principal: Principal,
    /// The action.
    pub action: Action,
    /// The resource; `*` for an action without resources.
    pub resource: Segmented,
    /// The account that owns the resource, if it is known.
    pub resource_account: Option<Text>,
    /// The condition keys of the request.
    pub context: Context,
    /// Facts that are not condition keys.
    pub traits: Traits,
}

/// Facts about a request that are not condition keys.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// The caller's account manages the organization: its SCPs do not limit it.
    pub principal_in_management_account: bool,
    /// The resource's account manages the organization: its RCPs do not limit it.
    pub resource_in_management_account: bool,
    /// The resource is a KMS key that AWS manages: RCPs do not limit it.
    pub aws_managed_key: bool,
    /// A service makes this call on behalf of the caller: endpoint policies do not apply to it.
    pub forwarded: bool,
    /// The unique id of the user or role, `AIDA…` or `AROA…`.
    pub unique_id: Option<String>,
    /// The ARN of the caller's role with an unknown path: the ARN of a session has no path, and the role may have one.
    pub role_with_path: Option<Text>,
    /// Grants on the KMS key of the request.
    pub grants: Vec<Grant>,
    /// The missing fact, if it is unknown which other grants the key has.
    pub open_grants: Option<String>,
    /// The secret is one of several secrets of a BatchGetSecretValue.
    pub in_batch: bool,
    /// The resource with the version or label that the call appends to a parameter (U-36).
    pub selected: Option<Segmented>,
}

impl Traits {
    /// Records the version or label that a call appends to a parameter.
    pub fn select(&mut self, parameter: &Text, selector: &str) {
        let arn = parameter.then(&Text::from(format!(":{selector}")));
        self.selected = Some(Segmented::new(arn));
    }
}

/// A grant on a KMS key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The grantee principal.
    pub grantee: Text,
    /// The allowed operations, without the service: `Decrypt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The encryption context must be equal to this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_equals: Option<Vec<(String, Text)>>,
    /// The encryption context must contain this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_subset: Option<Vec<(String, Text)>>,
}
