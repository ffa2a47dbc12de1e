//! EKS clusters.

use super::{
    attribute::Attribute,
    class::Dialect,
    id::{AccountId, Region},
};
use crate::{
    source::{Origin, Spanned},
    text::{HoleKind, Text},
};
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

impl Cluster {
    /// The issuer; where it is unknown, the hole that all texts with this issuer have.
    pub fn issuer_text(&self) -> Text {
        let name = || Self::unknown_issuer(&self.arn);
        match &self.issuer {
            Attribute::Known(issuer) => Text::from(issuer.as_str()),
            Attribute::Unknown(hole) => Text::hole(hole.reason(name), HoleKind::Any),
            Attribute::Absent => Text::hole(name(), HoleKind::Any),
        }
    }

    /// The name of the hole for the issuer of the cluster with an ARN: policies that refer to it and sessions of its pods have the same.
    pub fn unknown_issuer(arn: &str) -> String {
        format!("OIDC issuer of {arn}")
    }
}
