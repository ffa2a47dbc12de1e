//! Accounts.

use super::id::{AccountId, Region};
use crate::{policy::PolicyDocument, source::Origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An AWS account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The user's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The region of its objects, unless an object states its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// SCPs attached to the account itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Arc<PolicyDocument>>,
    /// RCPs attached to the account itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Arc<PolicyDocument>>,
    /// Whether `FullAWSAccess` is attached to the account itself.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub full_access: bool,
    /// The place of the definition.
    pub origin: Origin,
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_yes(value: &bool) -> bool {
    *value
}
