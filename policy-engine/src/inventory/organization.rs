//! An organization, its units and their policies.

use super::id::AccountId;
use crate::{policy::PolicyDocument, source::Origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The id of the management account; its own SCPs and RCPs do not limit it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management: Option<AccountId>,
    /// The root with all its units.
    pub root: Unit,
}

/// The root or an organizational unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unit {
    /// `r-…` or `ou-…`; the name if no id is stated.
    pub id: String,
    /// Attached SCPs, beside `FullAWSAccess`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Arc<PolicyDocument>>,
    /// Attached RCPs, beside `RCPFullAWSAccess`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Arc<PolicyDocument>>,
    /// Whether `FullAWSAccess` is attached.
    pub full_access: bool,
    /// Ids of the accounts directly below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountId>,
    /// The units below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
    /// The place of the definition.
    pub origin: Origin,
}
