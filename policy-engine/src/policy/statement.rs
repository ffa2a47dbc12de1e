//! A statement and its elements as written.

mod serial;

use super::condition::Operator;
use crate::{
    source::{OffsetMap, Origin, Span, Spanned},
    text::{Hole, Text},
};
use serde::{Deserialize, Serialize};

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// One statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    /// The place of the statement.
    pub origin: Origin,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Spanned<String>>,
    /// Its effect; a statement without a readable effect allows nothing and denies nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Spanned<Effect>>,
    /// `Principal` or `NotPrincipal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<ListElement>,
    /// `Resource` or `NotResource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ListElement>,
    /// The tests of `Condition` in order, one test per operator and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The missing facts of parts that no other field holds: the effect, an operator, a whole condition,
    /// the statement itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Hole>,
}

/// A string of a policy, with the place of each of its characters.
#[derive(Clone, Debug)]
pub struct Written {
    /// The text.
    pub text: Text,
    /// Its place.
    pub origin: Origin,
    /// Maps offsets in the text to offsets in the file.
    pub offsets: OffsetMap,
    /// The JSON type in which it is written.
    pub form: Form,
}

/// The JSON types whose text counts as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// `"5"`
    String,
    /// `5`
    Number,
    /// `true`
    Boolean,
}

/// `Action`, `Resource` or their `Not…` forms.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListElement {
    /// Whether it is the `Not…` form.
    pub negated: bool,
    /// The place of the element's name.
    pub key: Origin,
    /// The place of the value.
    pub origin: Origin,
    /// The strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Written>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// The place of the element's name.
    pub key: Origin,
    /// The place of the value.
    pub origin: Origin,
    /// The principals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<PrincipalEntry>,
}

/// One principal of a statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrincipalEntry {
    /// The type of the principal.
    pub kind: PrincipalKind,
    /// The value.
    pub value: Written,
}

/// The types of principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PrincipalKind {
    /// The bare `*`.
    Everyone,
    /// Accounts, users, roles and sessions.
    Aws,
    /// Services.
    Service,
    /// Identity providers.
    Federated,
    /// Canonical ids of Amazon S3.
    CanonicalUser,
}

/// One test of a `Condition`: an operator, a key and its values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "serial::Condition")]
pub struct Condition {
    /// The operator as written.
    pub operator: Spanned<String>,
    /// The parsed operator; `None` if AWS does not know it.
    #[serde(skip)]
    pub parsed: Option<Operator>,
    /// The condition key.
    pub key: Written,
    /// The place of the values.
    pub origin: Origin,
    /// The values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Written>,
}

impl Written {
    /// The place of some bytes of the text.
    pub fn inner(&self, span: Span) -> Origin {
        Origin {
            source: self.origin.source,
            span: self.offsets.span(span),
        }
    }
}

impl PrincipalKind {
    /// The name of the type in a policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "*",
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}
