//! IAM roles, and managed policies.

use super::{
    attribute::{Attribute, Listed, Tags},
    id::RoleArn,
};
use crate::{
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Spanned},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An IAM role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// The ARN, path included.
    pub arn: RoleArn,
    /// The trust policy; without a trust policy nobody can assume the role.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub trust: Attribute<Arc<PolicyDocument>>,
    /// The inline policies.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub inline: Listed<Arc<PolicyDocument>>,
    /// The ARNs of the attached policies.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub attached: Listed<Spanned<String>>,
    /// The ARN of its permissions boundary.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub boundary: Attribute<Spanned<String>>,
    /// Its tags.
    pub tags: Tags,
    /// `AROA…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// The place of its name.
    pub origin: Origin,
}

/// A managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedPolicy {
    /// The ARN.
    pub arn: String,
    /// Its default version.
    pub document: Arc<PolicyDocument>,
}

/// A policy of a document of its own, with the object it seems to be attached to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoosePolicy {
    /// Its type, as far as the text shows it.
    pub kind: PolicyType,
    /// The document.
    pub document: Arc<PolicyDocument>,
}
