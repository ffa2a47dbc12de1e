//! The `objects` document: typed entries, validated in upstream's order with upstream's texts.
//!
//! The linter checks the same rules in `policy-engine`, but it wants every problem with its place, and a class that was
//! read from a file; a mount wants the first one, in the order in which upstream finds it.

mod read;
mod validate;
mod yaml;

use crate::{error::MountError, file_name::Translation};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectType {
    /// A secret of Secrets Manager.
    SecretsManager,
    /// A parameter of SSM Parameter Store.
    SsmParameter,
}

/// One entry of `objects`; empty text means that a key is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// `objectName`
    pub(crate) name: String,
    /// `objectType`, as written
    pub(crate) type_text: String,
    /// `objectAlias`
    pub(crate) alias: String,
    /// `objectVersion`
    pub(crate) version: String,
    /// `objectVersionLabel`
    pub(crate) label: String,
    /// `filePermission`
    pub(crate) permission: String,
    /// `jmesPath`
    pub(crate) jmes: Vec<JmesEntry>,
    /// `jmesPathAll`: every member of the JSON object becomes a file.
    pub(crate) jmes_all: bool,
    /// `mountObject`: whether the whole value becomes a file.
    pub(crate) mount_object: bool,
    /// `failoverObject`
    pub(crate) failover: Failover,
}

/// One entry of `jmesPath`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JmesEntry {
    /// `path`
    pub(crate) path: String,
    /// `objectAlias`
    pub(crate) alias: String,
    /// `filePermission`
    pub(crate) permission: String,
    /// `allowNonString`: anything but text is written as JSON.
    pub(crate) allow_non_string: bool,
}

/// `failoverObject`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failover {
    /// `objectName`
    pub(crate) name: String,
    /// `objectVersion`
    pub(crate) version: String,
    /// `objectVersionLabel`
    pub(crate) label: String,
}

/// What validation depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    /// The primary region.
    pub(crate) region: &'a str,
    /// The failover region, if any.
    pub(crate) failover_region: Option<&'a str>,
    /// What becomes of `/` in names.
    pub(crate) translation: Translation,
    /// Whether the driver writes the files.
    pub(crate) driver_writes: bool,
    /// Whether doubtful objects are errors.
    pub(crate) strict: bool,
}

/// The objects of a class, and what was odd about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Objects {
    /// The entries in document order.
    pub(crate) descriptors: Vec<Descriptor>,
    /// What was odd; logged.
    pub(crate) warnings: Vec<String>,
}

/// Which name, version and label a region is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    /// Name or ARN.
    pub(crate) name: &'a str,
    /// The version, or empty.
    pub(crate) version: &'a str,
    /// The label, or empty.
    pub(crate) label: &'a str,
}

/// Reads and validates the document.
pub(crate) fn parse(text: &str, rules: &Rules<'_>) -> Result<Objects, MountError> {
    let mut objects = read::read(text)?;
    validate::validate(&mut objects, rules)?;
    Ok(objects)
}

impl Descriptor {
    /// Where its value comes from; the ARN's service decides when no type is written.
    pub(crate) fn object_type(&self) -> ObjectType {
        let service = self.name.split(':').nth(2).unwrap_or_default();
        match self.type_text.as_str() {
            "secretsmanager" => ObjectType::SecretsManager,
            "" if service == "secretsmanager" => ObjectType::SecretsManager,
            _ => ObjectType::SsmParameter,
        }
    }

    /// The alias, or else the name: what the file is called before translation.
    pub(crate) fn base_name(&self) -> &str {
        if self.alias.is_empty() {
            &self.name
        } else {
            &self.alias
        }
    }

    /// The file name.
    pub(crate) fn file_name(&self, translation: Translation) -> String {
        translation.file_name(self.base_name())
    }

    /// Its mode: its own permission, or else the request's.
    pub(crate) fn mode(&self, default: u32) -> u32 {
        mode(&self.permission, default)
    }

    /// What is asked for in the primary region.
    pub(crate) fn primary(&self) -> Wanted<'_> {
        Wanted {
            name: &self.name,
            version: &self.version,
            label: &self.label,
        }
    }

    /// What is asked for in the failover region.
    pub(crate) fn failover(&self) -> Wanted<'_> {
        fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
            if first.is_empty() { second } else { first }
        }
        Wanted {
            name: or(&self.failover.name, &self.name),
            version: or(&self.failover.version, &self.version),
            label: or(&self.failover.label, &self.label),
        }
    }

    /// Whether its value is read as JSON.
    pub(crate) fn uses_jmes(&self) -> bool {
        self.jmes_all || !self.jmes.is_empty()
    }
}

/// The low nine bits of four octal digits, or else the default.
pub(crate) fn mode(permission: &str, default: u32) -> u32 {
    u32::from_str_radix(permission, 8).unwrap_or(default) & 0o777
}
