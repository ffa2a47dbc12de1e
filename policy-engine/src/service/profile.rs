//! The differences between the services.

use std::fmt;

/// The names of a service's objects, and its actions and condition keys.
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
    /// The service, as in actions and ARNs.
    pub service: &'static str,
    /// An object of the service, in messages.
    pub noun: &'static str,
    /// The objects of the service in the world's lists of complete and external facts.
    pub kind: &'static str,
    /// The `objectType` of an object in a SecretProviderClass.
    pub object_type: Option<&'static str>,
    /// The services in ARNs that the provider accepts for the object type.
    pub arn_services: &'static [&'static str],
    /// The start of the resource in the ARN of an object.
    pub resource: &'static str,
    /// The resource in the ARN of an invented object, for requests that are examples.
    pub example: &'static str,
    /// The actions of the first mount.
    pub read: &'static [&'static str],
    /// The actions of the first mount and of later polls.
    pub rotate: &'static [&'static str],
    /// The actions that return the value of an object that the request names.
    pub values: &'static [&'static str],
    /// The actions that replace the value of an object.
    pub replaces: &'static [&'static str],
    /// The action that sets tags of an object.
    pub tags: &'static str,
    /// The actions that change the permissions of an object.
    pub shares: &'static [&'static str],
    /// The action that lists objects; its requests contain no object.
    pub lists: &'static str,
    /// The action that requests many objects by name; each is authorized with the actions of `read`.
    pub batch: Option<&'static str>,
    /// The action that requests all objects below a path; the path is authorized.
    pub by_path: Option<&'static str>,
    /// The condition keys of the tags of an object, up to the tag's key.
    pub tag_keys: &'static [&'static str],
    /// The condition key that holds the ARN of the object.
    pub arn_key: Option<&'static str>,
    /// The condition keys of the service, by their actions; all in lower case, a `/` or `:` at the end is a family.
    pub carried: &'static [(&'static [&'static str], &'static [&'static str])],
    /// The encryption context that the service sends with the value of an object.
    pub encryption_context: &'static [(&'static str, EncryptionValue)],
    pub(super) key_uses: &'static [KeyUse],
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

/// The action that the service requests on the key when it receives one of these actions.
#[derive(Debug)]
pub(super) struct KeyUse {
    /// In lower case.
    pub(super) actions: &'static [&'static str],
    /// Applies only to objects of the advanced tier, or only to others.
    pub(super) advanced: Option<bool>,
    pub(super) requests: &'static [&'static str],
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
