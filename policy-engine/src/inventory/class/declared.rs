//! A SecretProviderClass as it is declared in a cluster.

use super::{
    descriptor::{Descriptor, truth},
    dialect::Dialect,
    file_name::Translation,
};
use crate::{
    source::{Origin, Spanned},
    text::Hole,
};
use serde::{Deserialize, Serialize};

/// A SecretProviderClass of the provider `aws`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretProviderClass {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// Its name.
    pub name: Spanned<String>,
    /// `spec.provider`; only the classes of `aws` are read, of the others only their existence is kept.
    pub provider: String,
    /// Parameters with an unquoted value that is no string in YAML; the API server refuses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// `spec.parameters` without `objects`; all values are strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<(Spanned<String>, Spanned<String>)>,
    /// The place of `parameters`.
    pub parameters_origin: Origin,
    /// The objects, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Descriptor>,
    /// The objects as the AWS provider reads them, if YAML 1.1 makes other texts of its plain scalars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retyped: Option<Vec<Descriptor>>,
    /// Why the objects cannot be read, if they cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Spanned<String>>,
    /// `spec.secretObjects`: the Kubernetes Secrets that the driver makes from the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synced: Vec<SyncedSecret>,
}

/// A SecretProviderClass of which a part is unknown that decides its mounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenClass {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// Its name.
    pub name: Spanned<String>,
    /// The unknown part.
    pub part: Hole,
}

/// One entry of `secretObjects`; each member is absent if it is not written as text.
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

impl SecretProviderClass {
    /// The objects as a provider reads them.
    pub fn objects_of(&self, dialect: Dialect) -> &[Descriptor] {
        match &self.retyped {
            Some(objects) if dialect.retypes_scalars() => objects,
            _ => &self.objects,
        }
    }

    /// A parameter by name.
    pub fn parameter(&self, name: &str) -> Option<&Spanned<String>> {
        self.parameters
            .iter()
            .rev()
            .find(|(key, _)| key.value == name)
            .map(|(_, value)| value)
    }

    /// The names of the files of one object below the mount: its own, then those of its JMESPath entries.
    pub fn files(&self, object: &Descriptor, dialect: Dialect) -> Vec<String> {
        let outputs = object.outputs(dialect);
        outputs
            .map(|(base, _)| self.file_name(&base.value))
            .collect()
    }

    /// The treatment of `/` in names; `None` if the provider refuses the value.
    pub fn translation(&self) -> Option<Translation> {
        let value = self.parameter("pathTranslation");
        Translation::parse(value.map_or("", |value| value.value.as_str()))
    }

    /// The file name for a name or an alias.
    pub fn file_name(&self, name: &str) -> String {
        let translation = self.translation().unwrap_or(Translation::To('_'));
        translation.file_name(name)
    }

    /// Whether pods use Pod Identity; `None` if the value is not a truth value.
    pub fn uses_pod_identity(&self) -> Option<bool> {
        let value = self.parameter("usePodIdentity");
        match value.map_or("", |value| value.value.as_str()) {
            "" => Some(false),
            text => truth(text),
        }
    }
}
