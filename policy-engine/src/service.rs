//! The services whose objects pods read, and the service of their keys: one profile per service holds the differences.

mod kms;
mod parameter_store;
mod profile;
mod secrets_manager;

pub use kms::KMS;
pub use parameter_store::PARAMETER_STORE;
pub use profile::{EncryptionValue, ServiceProfile};
pub use secrets_manager::SECRETS_MANAGER;

use profile::KeyUse;

/// The service of the object that a request for a name of `service` reads, and whether Parameter Store returns that object for a reference.
pub fn behind(service: &'static ServiceProfile, name: &str) -> (&'static ServiceProfile, bool) {
    let by_reference = *service == PARAMETER_STORE && referenced_secret(name).is_some();
    let behind = if by_reference {
        &SECRETS_MANAGER
    } else {
        service
    };
    (behind, by_reference)
}

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

    /// The profile of a service, by its name in actions and ARNs.
    pub fn of(service: &str) -> Option<&'static Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.service.eq_ignore_ascii_case(service))
    }

    /// The profile of the service of an action.
    pub fn of_action(action: &str) -> Option<&'static Self> {
        Self::of(action.split_once(':')?.0)
    }

    /// The profiles of the services whose objects a SecretProviderClass can name.
    pub fn mounted() -> impl Iterator<Item = &'static Self> {
        Self::ALL
            .into_iter()
            .filter(|profile| profile.object_type.is_some())
    }

    /// The profile of an `objectType`.
    pub fn of_object_type(kind: &str) -> Option<&'static Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.object_type == Some(kind))
    }

    /// The profile for an ARN in a SecretProviderClass, by the service in the ARN.
    pub fn of_mounted_arn(service: &str) -> Option<&'static Self> {
        Self::mounted().find(|profile| profile.arn_services.contains(&service))
    }

    /// The action that the service requests on the key of an object, on behalf of the caller of an action.
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

    /// The key that AWS manages for the service, for display.
    pub fn managed_key(&self) -> String {
        format!("aws/{}", self.service)
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
            let reads = profile.read.iter().chain(profile.rotate);
            let actions = reads.chain(profile.values).chain(profile.replaces);
            let actions = actions.chain(profile.shares);
            let own_keys = profile.tag_keys.iter().skip(1);
            for name in actions.chain(own_keys).chain(&profile.arn_key) {
                assert!(name.starts_with(&prefix), "{name} of {profile}");
            }
            let carrying = profile.carried.iter().flat_map(|(actions, _)| *actions);
            for action in carrying {
                assert!(action.starts_with(&prefix), "{action} of {profile}");
            }
            assert!(
                profile
                    .read
                    .iter()
                    .all(|action| profile.values.contains(action))
            );
            assert!(profile.example.starts_with(profile.resource));
            assert_eq!(ServiceProfile::of(profile.service), Some(profile));
        }
    }
}
