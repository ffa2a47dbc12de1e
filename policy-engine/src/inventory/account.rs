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
    /// What the user calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where its things are unless they say otherwise.
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
    /// Where it is named.
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
