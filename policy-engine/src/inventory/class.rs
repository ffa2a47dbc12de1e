//! SecretProviderClasses: what they say, and what a provider refuses.

mod check;
mod dialect;
mod fault;
pub mod file_name;
mod read;

use crate::{
    service::{PARAMETER_STORE, ServiceProfile},
    source::{Origin, Spanned},
};
use serde::{Deserialize, Serialize};

pub use check::Mounting;
pub use dialect::Dialect;
pub use fault::{ClassDoubt, ClassFault};
pub use file_name::{FileNameFault, Translation};
pub use read::read_objects;

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
    /// `mountObject` as it is written: whether the whole value becomes a file. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount_object: Option<Spanned<String>>,
    /// `jmesPathAll` as it is written: whether every member of the value becomes a file. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jmes_all: Option<Spanned<String>>,
    /// Names of members whose value is written without quotes and is a number or a truth value to YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that upstream does not know, and passes over; ours reads some of them.
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
    /// `allowNonString` as it is written: whether anything but text is written as JSON. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_non_string: Option<Spanned<String>>,
    /// Names of members whose value is written without quotes and is a number or a truth value to YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that upstream does not know, and passes over; ours reads some of them.
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
    /// Keys that no provider knows; they are passed over.
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
    pub fn files(&self, object: &Descriptor, dialect: Dialect) -> Vec<String> {
        let outputs = object.outputs(dialect);
        outputs
            .map(|(base, _)| self.file_name(&base.value))
            .collect()
    }

    /// What becomes of `/` in names; `None` when the provider refuses what is written.
    pub fn translation(&self) -> Option<Translation> {
        let value = self.parameter("pathTranslation");
        Translation::parse(value.map_or("", |value| value.value.as_str()))
    }

    /// A name or an alias as the name of a file.
    pub fn file_name(&self, name: &str) -> String {
        let translation = self.translation().unwrap_or(Translation::To('_'));
        translation.file_name(name)
    }

    /// Whether pods use Pod Identity; `None` when the value is not a truth value.
    pub fn uses_pod_identity(&self) -> Option<bool> {
        let value = self.parameter("usePodIdentity");
        match value.map_or("", |value| value.value.as_str()) {
            "" => Some(false),
            text => truth(text),
        }
    }
}

/// A truth value as Go's `strconv.ParseBool` reads it, which is what the AWS provider calls.
pub fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A text, where an absent one is empty: to the provider both are the same.
fn text(value: Option<&Spanned<String>>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

impl Descriptor {
    /// Keys of an object that upstream reads, without case; [`Dialect::object_keys`] has those of a dialect.
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

    /// Whether it names a parameter; else it names a secret. Without a type the service of the ARN decides.
    pub fn is_parameter(&self) -> bool {
        match text(self.kind.as_ref()) {
            "" => {
                let arn = self.name.value.strip_prefix("arn:");
                let service = arn.and_then(|rest| rest.split(':').nth(1));
                let profile = service.and_then(ServiceProfile::of_mounted_arn);
                profile == Some(&PARAMETER_STORE)
            }
            kind => ServiceProfile::of_object_type(kind) == Some(&PARAMETER_STORE),
        }
    }

    /// The alias, or else the name: what its file is called before slashes are translated.
    pub fn base_name(&self) -> &Spanned<String> {
        let alias = self.alias.as_ref().filter(|alias| !alias.value.is_empty());
        alias.unwrap_or(&self.name)
    }

    /// Whether the whole value becomes a file.
    pub fn mounts_whole(&self, dialect: Dialect) -> bool {
        !dialect.has_extensions() || truth(text(self.mount_object.as_ref())) != Some(false)
    }

    /// Whether every member of the value becomes a file, which leaves the names of files open.
    pub fn takes_all_members(&self, dialect: Dialect) -> bool {
        dialect.has_extensions() && truth(text(self.jmes_all.as_ref())) == Some(true)
    }

    /// What it becomes: the name of each file before slashes are translated, and the path of its JMESPath entry.
    pub fn outputs(
        &self,
        dialect: Dialect,
    ) -> impl Iterator<Item = (&Spanned<String>, Option<&str>)> {
        let own = self.mounts_whole(dialect).then(|| (self.base_name(), None));
        let entries = self.jmes.iter().filter_map(|entry| {
            let alias = entry.alias.as_ref()?;
            Some((alias, Some(text(entry.path.as_ref()))))
        });
        own.into_iter().chain(entries)
    }
}

impl JmesEntry {
    /// Keys of an entry of `jmesPath` that upstream reads.
    pub const KEYS: [&str; 3] = ["path", "objectAlias", "filePermission"];
}

impl FailoverObject {
    /// Keys of `failoverObject` that upstream reads.
    pub const KEYS: [&str; 3] = ["objectName", "objectVersion", "objectVersionLabel"];
}

#[cfg(test)]
mod tests;
