//! Policy documents as written, and the sets that are compiled from them.

pub mod builtin;
pub mod condition;
mod error;
pub mod mistake;
pub mod parse;
pub mod print;
pub mod quota;
pub mod set;
pub mod statement;
mod text;

pub use error::PolicyTextError;

use crate::source::{Origin, Spanned};
use serde::{Deserialize, Serialize};
use statement::Statement;
use std::{fmt, sync::Arc};

/// The version that introduced variables.
pub const VERSION: &str = "2012-10-17";

/// The kind of attachment of a policy, which decides its grammar and its rules
/// (docs/semantics.md#statement-elements).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyType {
    /// Attached to a user, group or role.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// Passed when a session is created.
    Session,
    /// Attached to a secret, parameter or another resource.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A KMS key's policy.
    Key,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint's policy.
    Endpoint,
}

/// A policy document with the place of every element.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyDocument {
    /// Its name for display: the name of an inline or managed policy, or `trust policy`.
    pub name: Arc<str>,
    /// The place of the document.
    pub origin: Origin,
    /// The version as written; an absent version is 2008-10-17.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Spanned<String>>,
    /// The `Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Spanned<String>>,
    /// The statements in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// The mistakes in the document; the evaluation ignores them.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub problems: Box<[mistake::PolicyError]>,
}

impl PolicyDocument {
    /// Whether `${…}` is a variable in the document.
    pub fn has_variables(&self) -> bool {
        self.version
            .as_ref()
            .is_some_and(|version| version.value == VERSION)
    }
}

impl PolicyType {
    /// Whether statements have a `Principal`.
    pub fn has_principal(self) -> bool {
        match self {
            Self::Resource | Self::Trust | Self::Key | Self::Endpoint => true,
            Self::Identity | Self::Boundary | Self::Session | Self::Scp | Self::Rcp => false,
        }
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource policy",
            Self::Trust => "trust policy",
            Self::Key => "key policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
        })
    }
}
