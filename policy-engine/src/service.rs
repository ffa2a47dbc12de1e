//! The services whose objects pods read, and the service of their keys: one profile per service holds what differs.

use std::fmt;

/// What one service calls its objects, and which actions and condition keys belong to them.
///
/// ```
/// use policy_engine::service::ServiceProfile;
///
/// let service = ServiceProfile::of("ssm").expect("Parameter Store has a profile");
/// assert_eq!(service.read, ["ssm:GetParameters"]);
/// assert_eq!(service.via("eu-west-1"), "ssm.eu-west-1.amazonaws.com");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ServiceProfile {
    /// The service, as actions and ARNs spell it.
    pub service: &'static str,
    /// One of its objects, in messages.
    pub noun: &'static str,
    /// Its objects in the world's lists of complete and external facts.
    pub kind: &'static str,
    /// The `objectType` of an object in a SecretProviderClass.
    pub object_type: Option<&'static str>,
    /// The services in ARNs that the provider accepts for the object type.
    pub arn_services: &'static [&'static str],
    /// The start of the resource in the ARN of an object.
    pub resource: &'static str,
    /// The actions of the first mount.
    pub read: &'static [&'static str],
    /// The actions of the first mount and of later polls.
    pub rotate: &'static [&'static str],
    /// The action that asks for many objects by their names; each is authorized with the actions of `read`.
    pub batch: Option<&'static str>,
    /// The action that asks for all objects below a path; the path is authorized.
    pub by_path: Option<&'static str>,
    /// The condition keys of the tags of an object, up to the tag's key.
    pub tag_keys: &'static [&'static str],
    /// The condition key that holds the ARN of the object.
    pub arn_key: Option<&'static str>,
    /// The encryption context that the service sends with the value of an object.
    pub encryption_context: &'static [(&'static str, EncryptionValue)],
    key_uses: &'static [KeyUse],
}

/// A value in the encryption context of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionValue {
    /// The ARN of the object.
    ObjectArn,
    /// The id of the version of the secret.
    Version,
}

/// What the service requests of the key when it gets one of these actions.
#[derive(Debug)]
struct KeyUse {
    /// In lower case.
    actions: &'static [&'static str],
    /// Only for objects of the advanced tier, or only for others.
    advanced: Option<bool>,
    requests: &'static [&'static str],
}

/// AWS Secrets Manager.
pub static SECRETS_MANAGER: ServiceProfile = ServiceProfile {
    service: "secretsmanager",
    noun: "secret",
    kind: "secrets",
    object_type: Some("secretsmanager"),
    arn_services: &["secretsmanager"],
    resource: "secret:",
    read: &["secretsmanager:GetSecretValue"],
    rotate: &[
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    ],
    batch: Some("secretsmanager:BatchGetSecretValue"),
    by_path: None,
    tag_keys: &["aws:ResourceTag/", "secretsmanager:ResourceTag/"],
    arn_key: Some("secretsmanager:SecretId"),
    encryption_context: &[
        ("SecretARN", EncryptionValue::ObjectArn),
        ("SecretVersionId", EncryptionValue::Version),
    ],
    // AWS: docs/semantics.md#secrets-manager-and-kms
    key_uses: &[
        KeyUse {
            actions: &["secretsmanager:getsecretvalue"],
            advanced: None,
            requests: &["kms:Decrypt"],
        },
        KeyUse {
            actions: &[
                "secretsmanager:putsecretvalue",
                "secretsmanager:updatesecret",
            ],
            advanced: None,
            requests: &["kms:GenerateDataKey", "kms:Decrypt"],
        },
    ],
};

/// Parameter Store of AWS Systems Manager.
pub static PARAMETER_STORE: ServiceProfile = ServiceProfile {
    service: "ssm",
    noun: "parameter",
    kind: "parameters",
    object_type: Some("ssmparameter"),
    arn_services: &["ssm", "ssmparameter"],
    resource: "parameter/",
    read: &["ssm:GetParameters"],
    rotate: &["ssm:GetParameters"],
    batch: None,
    by_path: Some("ssm:GetParametersByPath"),
    tag_keys: &["aws:ResourceTag/", "ssm:resourceTag/"],
    arn_key: None,
    encryption_context: &[("PARAMETER_ARN", EncryptionValue::ObjectArn)],
    // AWS: docs/semantics.md#parameter-store-and-kms
    key_uses: &[
        KeyUse {
            actions: &[
                "ssm:getparameter",
                "ssm:getparameters",
                "ssm:getparameterhistory",
                "ssm:getparametersbypath",
            ],
            advanced: None,
            requests: &["kms:Decrypt"],
        },
        KeyUse {
            actions: &["ssm:putparameter"],
            advanced: Some(true),
            requests: &["kms:GenerateDataKey"],
        },
        KeyUse {
            actions: &["ssm:putparameter"],
            advanced: Some(false),
            requests: &["kms:Encrypt"],
        },
    ],
};

/// AWS Key Management Service.
pub static KMS: ServiceProfile = ServiceProfile {
    service: "kms",
    noun: "key",
    kind: "keys",
    object_type: None,
    arn_services: &["kms"],
    resource: "key/",
    read: &["kms:Decrypt"],
    rotate: &["kms:Decrypt"],
    batch: None,
    by_path: None,
    tag_keys: &["aws:ResourceTag/"],
    arn_key: None,
    encryption_context: &[],
    key_uses: &[],
};

/// The secret of a parameter name such as `/aws/reference/secretsmanager/NAME`, by which Parameter Store returns the value of a
/// secret; without a version or label.
///
/// AWS: docs/semantics.md#parameters-that-reference-secrets
pub fn referenced_secret(name: &str) -> Option<&str> {
    let secret = name.strip_prefix("/aws/reference/secretsmanager/")?;
    let bare = secret.split_once(':').map_or(secret, |(bare, _)| bare);
    Some(bare).filter(|bare| !bare.is_empty())
}

impl ServiceProfile {
    /// Every profile.
    pub const ALL: [&'static Self; 3] = [&SECRETS_MANAGER, &PARAMETER_STORE, &KMS];

    /// The profile of a service, as actions and ARNs spell it.
    pub fn of(service: &str) -> Option<&'static Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.service.eq_ignore_ascii_case(service))
    }

    /// The profile of an `objectType`.
    pub fn of_object_type(kind: &str) -> Option<&'static Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.object_type == Some(kind))
    }

    /// The profile of the object that an ARN in a SecretProviderClass names, by the service in the ARN.
    pub fn of_mounted_arn(service: &str) -> Option<&'static Self> {
        let mut mounted = Self::ALL
            .into_iter()
            .filter(|profile| profile.object_type.is_some());
        mounted.find(|profile| profile.arn_services.contains(&service))
    }

    /// What the service requests of the key of an object, on behalf of the caller of an action.
    pub fn key_actions(&self, action: &str, advanced: bool) -> &'static [&'static str] {
        let is_used = |used: &&KeyUse| {
            used.advanced.is_none_or(|tier| tier == advanced)
                && used
                    .actions
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(action))
        };
        let used = self.key_uses.iter().find(is_used);
        used.map_or(&[], |used| used.requests)
    }

    /// The value of `kms:ViaService` in requests that the service forwards.
    pub fn via(&self, region: &str) -> String {
        format!("{}.{region}.amazonaws.com", self.service)
    }

    /// The alias of the key that AWS manages for the service.
    pub fn managed_alias(&self) -> String {
        format!("alias/{}", self.managed_key())
    }

    /// The key that AWS manages for the service, as people name it.
    pub fn managed_key(&self) -> String {
        format!("aws/{}", self.service)
    }
}

impl PartialEq for ServiceProfile {
    fn eq(&self, other: &Self) -> bool {
        self.service == other.service
    }
}

impl Eq for ServiceProfile {}

impl fmt::Display for ServiceProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tier_of_a_parameter_decides_how_it_is_encrypted() {
        let of = |action, advanced| PARAMETER_STORE.key_actions(action, advanced);
        assert_eq!(of("ssm:PutParameter", true), ["kms:GenerateDataKey"]);
        assert_eq!(of("ssm:PutParameter", false), ["kms:Encrypt"]);
        assert_eq!(of("ssm:GetParameters", false), ["kms:Decrypt"]);
        assert!(of("ssm:DescribeParameters", true).is_empty());
    }

    #[test]
    fn every_profile_reads_and_tags_its_own_service() {
        for profile in ServiceProfile::ALL {
            let prefix = format!("{}:", profile.service);
            let actions = profile.read.iter().chain(profile.rotate);
            let own_keys = profile.tag_keys.iter().skip(1);
            for name in actions.chain(own_keys).chain(&profile.arn_key) {
                assert!(name.starts_with(&prefix), "{name} of {profile}");
            }
            assert_eq!(ServiceProfile::of(profile.service), Some(profile));
        }
    }
}
