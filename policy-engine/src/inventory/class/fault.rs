//! The faults for which a provider refuses a class, in the provider's own words, with the change to make.

use super::{file_name::FileNameFault, read::EMPTY_ENTRY};
use crate::syntax::jmespath;
use std::fmt;

/// A reason why a class cannot be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassFault {
    /// A parameter is no string, and the API server refuses the class.
    ParameterNotAString {
        /// The parameter.
        name: String,
        /// Its value as written.
        value: String,
    },
    /// The failover region is the primary region.
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
    /// The class names no object; the driver refuses a mount without objects.
    NoObjects,
    /// `objects` cannot be read.
    Unreadable {
        /// The reason.
        reason: String,
    },
    /// A key of an object is no truth value.
    TruthValue {
        /// The key.
        key: &'static str,
    },
    /// An object has no name.
    NameMissing,
    /// A name that is no ARN has no type.
    TypeMissing {
        /// The name.
        name: String,
    },
    /// The type does not exist.
    TypeInvalid {
        /// The type.
        kind: String,
    },
    /// The name begins like an ARN and is none.
    ArnMalformed {
        /// The name.
        name: String,
    },
    /// The ARN is of another region than the request.
    ArnRegion {
        /// The ARN.
        name: String,
        /// Its region.
        actual: String,
        /// The region of the request.
        asked: String,
    },
    /// The ARN is of a service without secrets.
    ArnService {
        /// The service.
        service: String,
    },
    /// The type contradicts the ARN.
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
        /// The reason.
        fault: FileNameFault,
        /// The object.
        name: String,
    },
    /// The mode is not four octal digits.
    Permission {
        /// The mode as written.
        mode: String,
    },
    /// The unquoted mode is a number in YAML, and reaches the provider with other digits.
    PermissionRetyped {
        /// The mode as written.
        mode: String,
        /// The mode that the provider gets.
        read: u64,
    },
    /// An entry of `jmesPath` has no path.
    JmesPathMissing,
    /// The path of an entry of `jmesPath` is no JMESPath.
    JmesPathInvalid {
        /// The path.
        path: String,
    },
    /// An entry of `jmesPath` has no alias.
    JmesAliasMissing,
    /// Neither the object nor a part of it becomes a file.
    NothingMounted {
        /// The object.
        name: String,
    },
    /// An object with a failover object has no alias.
    FailoverWithoutAlias {
        /// The object.
        name: String,
    },
    /// The class has a failover object and no failover region.
    FailoverWithoutRegion {
        /// The object.
        name: String,
    },
    /// The failover object has another version.
    FailoverVersion {
        /// The object.
        name: String,
    },
    /// Two entries are the same object.
    Duplicate {
        /// The object.
        name: String,
        /// The alias of both, or empty.
        alias: String,
        /// The label of both, or empty.
        label: String,
    },
    /// Two objects have the same alias.
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

/// A mistake that the provider accepts, and refuses only under `--strict-objects`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassDoubt {
    /// Two entries become one file.
    FileClash {
        /// The file.
        file: String,
        /// The object that is written first.
        first: String,
        /// The object that overwrites it.
        last: String,
    },
    /// The ARN of the primary region is also requested in the failover region.
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
            Self::JmesPathInvalid { path } => write!(f, "Invalid JMES Path: {path}."),
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
    /// The change to make.
    pub fn help(&self) -> String {
        let text = match self {
            Self::ParameterNotAString { name, value } => return format!("{name}: \"{value}\""),
            Self::PermissionRetyped { mode, .. } => return format!("quote it: \"{mode}\""),
            Self::ArnRegion { actual, .. } if !actual.is_empty() => {
                return format!("region: {actual}");
            }
            Self::JmesPathInvalid { path } => {
                return match jmespath::quoted(path) {
                    Some(quoted) => format!("path: '{quoted}'"),
                    None => "write a JMESPath, for instance `user`, or '\"pass-word\"' for a key with other characters than letters, digits and `_`".to_owned(),
                };
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
                "{name} is an ARN of {region} and is also requested in {failover}; add a failoverObject"
            ),
        }
    }
}
