//! One entry of `objects`, and its files.

use super::dialect::Dialect;
use crate::{
    service::{PARAMETER_STORE, SECRETS_MANAGER, ServiceProfile},
    source::{Origin, Spanned},
};
use serde::{Deserialize, Serialize};

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
    /// `mountObject` as written: whether the whole value becomes a file. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount_object: Option<Spanned<String>>,
    /// `jmesPathAll` as written: whether every member of the value becomes a file. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jmes_all: Option<Spanned<String>>,
    /// Names of members with an unquoted value that is a number or a truth value in YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that the AWS provider does not know and skips; ours reads some of them.
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
    /// `allowNonString` as written: whether a value that is no text is written as JSON. Only our provider reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_non_string: Option<Spanned<String>>,
    /// Names of members with an unquoted value that is a number or a truth value in YAML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that the AWS provider does not know and skips; ours reads some of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Spanned<String>>,
}

/// `failoverObject`: the object to read in the failover region instead.
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
    /// Keys that neither provider reads; both skip them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Spanned<String>>,
}

/// A truth value as Go's `strconv.ParseBool` parses it; the AWS provider calls that function.
pub fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A text, where an absent text is empty: the provider treats both alike.
pub(super) fn text(value: Option<&Spanned<String>>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

impl Descriptor {
    /// Keys of an object that the AWS provider reads, in any case; [`Dialect::object_keys`] returns the keys of a dialect.
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

    /// The service of the object: from `objectType`, else from the ARN, else Secrets Manager.
    pub fn service(&self) -> &'static ServiceProfile {
        let profile = match text(self.kind.as_ref()) {
            "" => {
                let arn = self.name.value.strip_prefix("arn:");
                let service = arn.and_then(|rest| rest.split(':').nth(1));
                service.and_then(ServiceProfile::of_mounted_arn)
            }
            kind => ServiceProfile::of_object_type(kind),
        };
        profile.unwrap_or(&SECRETS_MANAGER)
    }

    /// Whether the object is a parameter.
    pub fn is_parameter(&self) -> bool {
        *self.service() == PARAMETER_STORE
    }

    /// The alias or, without an alias, the name: the file name before slashes are translated.
    pub fn base_name(&self) -> &Spanned<String> {
        let alias = self.alias.as_ref().filter(|alias| !alias.value.is_empty());
        alias.unwrap_or(&self.name)
    }

    /// Whether the whole value becomes a file.
    pub fn mounts_whole(&self, dialect: Dialect) -> bool {
        !dialect.has_extensions() || truth(text(self.mount_object.as_ref())) != Some(false)
    }

    /// Whether every member of the value becomes a file, so that the names of the files are unknown.
    pub fn takes_all_members(&self, dialect: Dialect) -> bool {
        dialect.has_extensions() && truth(text(self.jmes_all.as_ref())) == Some(true)
    }

    /// The files of the object: the name of each before slashes are translated, and the path of its JMESPath entry.
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
    /// Keys of an entry of `jmesPath` that the AWS provider reads.
    pub const KEYS: [&str; 3] = ["path", "objectAlias", "filePermission"];
}

impl FailoverObject {
    /// Keys of `failoverObject` that the AWS provider reads.
    pub const KEYS: [&str; 3] = ["objectName", "objectVersion", "objectVersionLabel"];
}
