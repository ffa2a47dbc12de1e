//! What a provider refuses a class for, in the provider's own words, and what to change.

use super::{file_name::FileNameFault, read::EMPTY_ENTRY};
use std::fmt;

/// One reason why a class cannot be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassFault {
    /// A parameter is no string, and the API server refuses the class.
    ParameterNotAString {
        /// The parameter.
        name: String,
        /// Its value as it is written.
        value: String,
    },
    /// The failover region is the primary one.
    FailoverIsPrimary {
        /// The region.
        region: String,
    },
    /// `usePodIdentity` is no truth value.
    UsePodIdentity {
        /// Its value.
        value: String,
    },
    /// `pathTranslation` is neither `False` nor one character.
    PathTranslation,
    /// The class names no object; the driver refuses a mount without one.
    NoObjects,
    /// `objects` cannot be read.
    Unreadable {
        /// Why.
        reason: String,
    },
    /// A key of an object is no truth value.
    TruthValue {
        /// The key.
        key: &'static str,
    },
    /// An object has no name.
    NameMissing,
    /// A name that is no ARN needs a type.
    TypeMissing {
        /// The name.
        name: String,
    },
    /// The type is none that exists.
    TypeInvalid {
        /// The type.
        kind: String,
    },
    /// The name begins as an ARN and is none.
    ArnMalformed {
        /// The name.
        name: String,
    },
    /// The ARN is of another region than the one that is asked.
    ArnRegion {
        /// The ARN.
        name: String,
        /// Its region.
        actual: String,
        /// The region that is asked.
        asked: String,
    },
    /// The ARN is of a service that holds no secrets.
    ArnService {
        /// The service.
        service: String,
    },
    /// The type is another one than the ARN's.
    TypeDiffersFromArn {
        /// The ARN.
        name: String,
    },
    /// A parameter with a version and a label.
    VersionAndLabel {
        /// The object.
        name: String,
    },
    /// The file would lie outside the mount.
    PathClimbs {
        /// The object.
        name: String,
    },
    /// No file can have the name.
    FileName {
        /// The name of the file.
        file: String,
        /// Why.
        fault: FileNameFault,
        /// The object.
        name: String,
    },
    /// The mode is not four octal digits.
    Permission {
        /// The mode as it is written.
        mode: String,
    },
    /// The mode without quotes is a number to YAML, which reaches the provider with other digits.
    PermissionRetyped {
        /// The mode as it is written.
        mode: String,
        /// What the provider gets.
        read: u64,
    },
    /// An entry of `jmesPath` has no path.
    JmesPathMissing,
    /// An entry of `jmesPath` has no alias.
    JmesAliasMissing,
    /// Neither the object nor a part of it becomes a file.
    NothingMounted {
        /// The object.
        name: String,
    },
    /// An object with a failover object needs an alias.
    FailoverWithoutAlias {
        /// The object.
        name: String,
    },
    /// There is no failover region.
    FailoverWithoutRegion {
        /// The object.
        name: String,
    },
    /// The failover object has another version.
    FailoverVersion {
        /// The object.
        name: String,
    },
    /// The same object twice.
    Duplicate {
        /// The object.
        name: String,
        /// The alias of both, or empty.
        alias: String,
        /// The label of both, or empty.
        label: String,
    },
    /// The alias of two objects.
    DuplicateAlias {
        /// The alias.
        alias: String,
    },
    /// The alias of an entry of `jmesPath` is in use.
    DuplicateJmesAlias {
        /// The alias.
        alias: String,
        /// The entry's path.
        path: String,
    },
}

/// What the provider accepts, and refuses only under `--strict-objects`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassDoubt {
    /// Two entries become one file.
    FileClash {
        /// The file.
        file: String,
        /// What is written first.
        first: String,
        /// What is written over it.
        last: String,
    },
    /// The ARN of the primary region is asked for in the failover region as well.
    ArnInFailoverRegion {
        /// The ARN.
        name: String,
        /// The primary region.
        region: String,
        /// The failover region.
        failover: String,
    },
}

impl fmt::Display for ClassFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ParameterNotAString { name, .. } => write!(
                f,
                "parameter `{name}` is not a string, and the API server refuses the class"
            ),
            Self::FailoverIsPrimary { region } => write!(
                f,
                "{region}: failover region cannot be the same as the primary region"
            ),
            Self::UsePodIdentity { value } => write!(
                f,
                "failed to parse usePodIdentity value, error: `{value}` is none of 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False"
            ),
            Self::PathTranslation => {
                f.write_str("pathTranslation must be either 'False' or a single character string")
            }
            Self::NoObjects => {
                f.write_str("the class names no object, and the driver refuses a mount without one")
            }
            Self::Unreadable { reason } if reason == EMPTY_ENTRY => f.write_str(reason),
            Self::Unreadable { reason } => {
                write!(f, "Failed to load SecretProviderClass: {reason}")
            }
            Self::TruthValue { key } => write!(
                f,
                "Failed to load SecretProviderClass: `{key}` must be true or false"
            ),
            Self::NameMissing => f.write_str("Object name must be specified"),
            Self::TypeMissing { name } => write!(
                f,
                "Must use objectType when a full ARN is not specified: {name}"
            ),
            Self::TypeInvalid { kind } => write!(f, "Invalid objectType: {kind}"),
            Self::ArnMalformed { name } => write!(f, "Invalid ARN format in object name: {name}"),
            Self::ArnRegion { name, asked, .. } => {
                write!(f, "ARN region must match region {asked}: {name}")
            }
            Self::ArnService { service } => write!(f, "Invalid service in ARN: {service}"),
            Self::TypeDiffersFromArn { name } => {
                write!(f, "objectType does not match ARN: {name}")
            }
            Self::VersionAndLabel { name } => write!(
                f,
                "ssm parameters can not specify both objectVersion and objectVersionLabel: {name}"
            ),
            Self::PathClimbs { name } => write!(f, "path can not contain ../: {name}"),
            Self::FileName { file, fault, name } => {
                write!(f, "`{file}` cannot be a file name, since {fault}: {name}")
            }
            Self::Permission { mode } => write!(f, "Invalid File Permission: {mode}"),
            Self::PermissionRetyped { read, .. } => write!(f, "Invalid File Permission: {read}"),
            Self::JmesPathMissing => f.write_str("Path must be specified for JMES object"),
            Self::JmesAliasMissing => f.write_str("Object alias must be specified for JMES object"),
            Self::NothingMounted { name } => write!(
                f,
                "mountObject is false and there is no jmesPath, so nothing would be mounted: {name}"
            ),
            Self::FailoverWithoutAlias { name } => write!(
                f,
                "object alias must be specified for objects with failover entries: {name}"
            ),
            Self::FailoverWithoutRegion { name } => write!(
                f,
                "failover object allowed only when failover region is defined: {name}"
            ),
            Self::FailoverVersion { name } => write!(
                f,
                "object versions must match between primary and failover regions: {name}"
            ),
            Self::Duplicate { name, alias, label } => {
                write!(f, "found descriptor with duplicate object name {name}, ")?;
                match alias.as_str() {
                    "" => f.write_str("no object alias")?,
                    alias => write!(f, "duplicate object alias {alias}")?,
                }
                match label.as_str() {
                    "" => f.write_str(", and no version label"),
                    label => write!(f, ", and duplicate version label {label}"),
                }
            }
            Self::DuplicateAlias { alias } => write!(f, "found duplicate object alias {alias}"),
            Self::DuplicateJmesAlias { alias, path } => write!(
                f,
                "Name already in use for objectAlias: found duplicate object alias {alias} in JMES path entry {path}"
            ),
        }
    }
}

impl ClassFault {
    /// What to change.
    pub fn help(&self) -> String {
        let text = match self {
            Self::ParameterNotAString { name, value } => return format!("{name}: \"{value}\""),
            Self::PermissionRetyped { mode, .. } => return format!("quote it: \"{mode}\""),
            Self::ArnRegion { actual, .. } if !actual.is_empty() => {
                return format!("region: {actual}");
            }
            Self::TruthValue { key } => return format!("{key}: true, or {key}: false"),
            Self::ArnRegion { .. } => "name a secret or a parameter: this ARN has no region",
            Self::FailoverIsPrimary { .. } => "name another region, or remove it",
            Self::UsePodIdentity { .. } => "usePodIdentity: \"true\"",
            Self::PathTranslation => "pathTranslation: \"_\"",
            Self::NoObjects => "add `objects`",
            Self::Unreadable { .. } => "write `objects` as a YAML list of mappings",
            Self::NameMissing => "add `objectName`",
            Self::TypeMissing { .. }
            | Self::TypeInvalid { .. }
            | Self::ArnService { .. }
            | Self::TypeDiffersFromArn { .. } => "objectType: secretsmanager or ssmparameter",
            Self::ArnMalformed { .. } => "copy the whole ARN",
            Self::VersionAndLabel { .. } => "keep one of them",
            Self::PathClimbs { .. } => "give the object an `objectAlias` without `..`",
            Self::FileName { .. } => {
                "give it an `objectAlias` that is a file name, such as \"db\", or a relative path, such as \"app/db\""
            }
            Self::Permission { .. } => "write four octal digits, for instance \"0400\"",
            Self::JmesPathMissing => "add `path`",
            Self::JmesAliasMissing | Self::FailoverWithoutAlias { .. } => "add `objectAlias`",
            Self::NothingMounted { .. } => "add `jmesPath`, or remove `mountObject`",
            Self::FailoverWithoutRegion { .. } => "add `failoverRegion` to the parameters",
            Self::FailoverVersion { .. } => "use the same version in both",
            Self::Duplicate { .. } => "give one of them another `objectAlias`",
            Self::DuplicateAlias { .. } | Self::DuplicateJmesAlias { .. } => "choose another name",
        };
        text.to_owned()
    }
}

impl fmt::Display for ClassDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileClash { file, first, last } => write!(
                f,
                "{first} and {last} both become the file {file}; the last one wins"
            ),
            Self::ArnInFailoverRegion {
                name,
                region,
                failover,
            } => write!(
                f,
                "{name} is an ARN of {region} and is asked for in {failover} as well; add a failoverObject"
            ),
        }
    }
}
