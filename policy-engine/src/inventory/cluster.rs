//! EKS clusters.

use super::{
    attribute::Attribute,
    class::Dialect,
    id::{AccountId, Region},
};
use crate::source::{Origin, Spanned};
use serde::{Deserialize, Serialize};

/// An EKS cluster; its identity is account, region and name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cluster {
    /// The ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The account that owns it.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The partition.
    pub partition: String,
    /// The issuer without `https://`; every cluster has an issuer.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub issuer: Attribute<String>,
    /// Ids of the VPC endpoints that its nodes use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
    /// Whether the driver polls for rotated values.
    pub rotation: bool,
    /// The provider that mounts its classes.
    #[serde(default, skip_serializing_if = "Dialect::is_default")]
    pub provider: Dialect,
    /// The token audiences of the CSIDriver object, if they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Spanned<Vec<String>>>,
    /// The place of the definition.
    pub origin: Origin,
}
