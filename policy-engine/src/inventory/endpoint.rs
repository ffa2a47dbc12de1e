//! VPC endpoints.

use crate::{policy::PolicyDocument, source::Origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A VPC endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// `vpce-…`, or its name in the world.
    pub id: String,
    /// Twelve digits.
    pub account: String,
    /// `secretsmanager`, `ssm`, `kms`, `sts` or `eks-auth`.
    pub service: String,
    /// `vpc-…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// The policy; `None` is full access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Arc<PolicyDocument>>,
    /// The place of the definition.
    pub origin: Origin,
}
