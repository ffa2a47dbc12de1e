//! Secrets, parameters and keys; no reader keeps their values.

use super::{
    attribute::{Attribute, Listed, Tags},
    id::{AccountId, Region},
};
use crate::{
    policy::PolicyDocument,
    request::Grant,
    source::{Origin, Spanned},
    text::{Hole, Text},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A secret, without its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    /// The ARN; the six characters at its end may be a hole.
    pub arn: Text,
    /// The name.
    pub name: String,
    /// The account that owns it.
    pub account: AccountId,
    /// The region of the primary.
    pub region: Region,
    /// The tags.
    pub tags: Tags,
    /// The key that encrypts it.
    pub key: KeyRef,
    /// The resource policy.
    pub policy: ResourcePolicy,
    /// Replicas in other regions.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub replicas: Listed<Replica>,
    /// When its deletion was requested, as the answer spells it; since then it cannot be read.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub deleted: Attribute<Spanned<String>>,
    /// The place of its name.
    pub origin: Origin,
}

/// A copy of a secret in another region.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replica {
    /// The region.
    pub region: Spanned<String>,
    /// The key that encrypts the copy.
    pub key: KeyRef,
}

/// The key of a secret or parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyRef {
    /// The key that AWS manages for the service; the place where a key would be named.
    AwsManaged(Origin),
    /// A key by id, ARN, alias or alias ARN.
    Named(Spanned<String>),
    /// The key is unknown.
    Unknown(Hole),
}

/// The resource policy of a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourcePolicy {
    /// The secret has no policy; the place that states so.
    None(Origin),
    /// The policy.
    Document(Arc<PolicyDocument>),
    /// It is unknown whether the secret has a policy, and which.
    Unknown(Hole),
}

/// A parameter of Parameter Store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameter {
    /// The ARN.
    pub arn: String,
    /// The name with its leading slash, as written.
    pub name: String,
    /// The account that owns it.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// Whether its value is encrypted: `SecureString`.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub secure: Attribute<bool>,
    /// Whether it is of the advanced tier.
    pub advanced: bool,
    /// The key that encrypts it.
    pub key: KeyRef,
    /// The tags.
    pub tags: Tags,
    /// Ids of the accounts and organizational units with which it is shared, ARNs of roles and users, or `organization`; an
    /// unknown part is between angle brackets.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub shares: Listed<Spanned<String>>,
    /// The place of its name.
    pub origin: Origin,
}

/// A KMS key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KmsKey {
    /// The ARN; its id may be a hole.
    pub arn: Text,
    /// Its name in the world file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Twelve digits; empty if a source states only the id of the key, until another source states its account.
    pub account: String,
    /// The region; empty if the account is empty.
    pub region: String,
    /// The key policy; every key has one.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub policy: Attribute<Arc<PolicyDocument>>,
    /// Aliases with `alias/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What other aliases there may be, if the list is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_aliases: Option<Hole>,
    /// Grants.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub grants: Listed<Grant>,
    /// Its tags.
    pub tags: Tags,
    /// Whether AWS manages it.
    pub aws_managed: bool,
    /// Whether the key is enabled, with the place; a key is enabled unless a source disables it.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub enabled: Attribute<Spanned<bool>>,
    /// The spec or the usage for which Secrets Manager and Parameter Store cannot use the key, for example `RSA_2048` or `SIGN_VERIFY`; absent
    /// for a symmetric encryption key.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub unfit: Attribute<Spanned<String>>,
    /// The place of the definition.
    pub origin: Origin,
}

impl Secret {
    /// The key that encrypts the secret, or its replica in a region.
    pub fn key_in(&self, region: &str) -> &KeyRef {
        let replica = self
            .replicas
            .list
            .iter()
            .find(|replica| replica.region.value == region);
        replica
            .filter(|_| region != self.region)
            .map_or(&self.key, |replica| &replica.key)
    }

    /// The ARN of the secret or of its replica in a region.
    pub fn arn_in(&self, region: &str) -> Text {
        if region == self.region {
            return self.arn.clone();
        }
        let mut colons = self.arn.literal().match_indices(':').map(|(at, _)| at);
        let (Some(before), Some(behind)) = (colons.nth(2), colons.next()) else {
            return self.arn.clone();
        };
        let head = self.arn.slice(0, before + 1);
        let rest = self.arn.slice(behind, self.arn.literal().len());
        head.then(&Text::from(region)).then(&rest)
    }

    /// Whether the secret or a replica of it is in a region.
    pub fn is_in(&self, region: &str) -> bool {
        self.region == region
            || self
                .replicas
                .list
                .iter()
                .any(|replica| replica.region.value == region)
    }
}
