//! SecretProviderClasses: what they say, and what the provider refuses (provider.md sections 5 and 6).

mod problems;

use crate::source::{Origin, Spanned};
use serde::{Deserialize, Serialize};

pub use problems::ClassProblem;

/// A SecretProviderClass of the provider `aws`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretProviderClass {
    /// The cluster's ARN, or its name when no cluster of that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// Its name.
    pub name: Spanned<String>,
    /// `spec.provider`; only `aws` is ours, and of the others only that they exist is kept.
    pub provider: String,
    /// Parameters whose value is written without quotes and is no string in YAML; the API server refuses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// `spec.parameters` but for `objects`; all values are strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<(Spanned<String>, Spanned<String>)>,
    /// Where `parameters` is written.
    pub parameters_origin: Origin,
    /// The objects, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Descriptor>,
    /// Why the objects cannot be read, when they cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Spanned<String>>,
    /// `spec.secretObjects`: the Kubernetes Secrets that the driver makes of the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synced: Vec<SyncedSecret>,
}

/// One entry of `secretObjects`; each member is absent where it is not written as a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncedSecret {
    /// The whole entry.
    pub origin: Origin,
    /// `secretName`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Spanned<String>>,
    /// `type`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Spanned<String>>,
    /// `labels`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<(Spanned<String>, Spanned<String>)>,
    /// `data`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<SyncedKey>,
}

/// One entry of the `data` of a synced Secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncedKey {
    /// The whole entry.
    pub origin: Origin,
    /// `objectName`: the name of a mounted file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Spanned<String>>,
    /// `key`: its key in the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Spanned<String>>,
}

/// One entry of `objects`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Descriptor {
    /// The whole entry.
    pub origin: Origin,
    /// `objectName`
    pub name: Spanned<String>,
    /// `objectType`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Spanned<String>>,
    /// `objectAlias`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<Spanned<String>>,
    /// `objectVersion`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Spanned<String>>,
    /// `objectVersionLabel`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Spanned<String>>,
    /// `filePermission`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Spanned<String>>,
    /// `jmesPath`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jmes: Vec<JmesEntry>,
    /// `failoverObject`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<FailoverObject>,
    /// Names of members whose value is written without quotes and is a number or a truth value to YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that the provider does not know, and passes over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Spanned<String>>,
}

/// One entry of `jmesPath`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JmesEntry {
    /// The whole entry.
    pub origin: Origin,
    /// `path`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Spanned<String>>,
    /// `objectAlias`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<Spanned<String>>,
    /// `filePermission`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Spanned<String>>,
    /// Names of members whose value is written without quotes and is a number or a truth value to YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that the provider does not know, and passes over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Spanned<String>>,
}

/// `failoverObject`: what is read in the failover region instead.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FailoverObject {
    /// `objectName`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Spanned<String>>,
    /// `objectVersion`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Spanned<String>>,
    /// `objectVersionLabel`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Spanned<String>>,
    /// Keys that the provider does not know, and passes over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Spanned<String>>,
}

impl SecretProviderClass {
    /// A parameter by its name.
    pub fn parameter(&self, name: &str) -> Option<&Spanned<String>> {
        self.parameters
            .iter()
            .rev()
            .find(|(key, _)| key.value == name)
            .map(|(_, value)| value)
    }

    /// The names of the files that one object becomes below the mount: its own, then those of its JMESPath entries.
    pub fn files(&self, object: &Descriptor) -> Vec<String> {
        let parts = object.jmes.iter().filter_map(|entry| entry.alias.as_ref());
        let parts = parts.map(|alias| self.file_name(&alias.value));
        std::iter::once(self.file_name(&object.alias.as_ref().unwrap_or(&object.name).value))
            .chain(parts)
            .collect()
    }

    /// A name or an alias as the name of a file (provider.md 6.6).
    fn file_name(&self, name: &str) -> String {
        let translation = self
            .parameter("pathTranslation")
            .map_or("_", |value| value.value.as_str());
        if translation.eq_ignore_ascii_case("false") {
            return name.trim_start_matches('/').to_owned();
        }
        name.replace('/', translation)
    }

    /// Whether pods use Pod Identity; `None` when the value is not a truth value of Go.
    pub fn uses_pod_identity(&self) -> Option<bool> {
        match self
            .parameter("usePodIdentity")
            .map_or("", |value| value.value.as_str())
        {
            "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
            "" | "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }
}

impl Descriptor {
    /// Keys of an object; the provider reads them without case.
    pub const KEYS: [&str; 8] = [
        "objectName",
        "objectType",
        "objectAlias",
        "objectVersion",
        "objectVersionLabel",
        "filePermission",
        "jmesPath",
        "failoverObject",
    ];

    /// Whether it names a parameter; else it names a secret.
    pub fn is_parameter(&self) -> bool {
        match &self.kind {
            Some(kind) => kind.value == "ssmparameter",
            None => {
                let service = self
                    .name
                    .value
                    .strip_prefix("arn:")
                    .and_then(|rest| rest.split(':').nth(1));
                matches!(service, Some("ssm" | "ssmparameter"))
            }
        }
    }
}

impl JmesEntry {
    /// Keys of an entry of `jmesPath`.
    pub const KEYS: [&str; 3] = ["path", "objectAlias", "filePermission"];
}

impl FailoverObject {
    /// Keys of `failoverObject`.
    pub const KEYS: [&str; 3] = ["objectName", "objectVersion", "objectVersionLabel"];
}
