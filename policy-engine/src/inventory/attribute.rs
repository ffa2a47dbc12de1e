//! Facts that a source may leave open: attributes, and lists that may hold more than is known of them.
//!
//! Nothing here turns what is not known into a default. Who needs a value matches on the three cases.

use crate::{
    source::{Origin, Spanned},
    text::{Hole, Text},
};
use serde::{Deserialize, Serialize};

/// A tag of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tag {
    /// The key, in the case the service keeps.
    pub key: Spanned<String>,
    /// The value.
    pub value: Spanned<Text>,
}

/// What is known of a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attribute<T> {
    /// It is this.
    Known(T),
    /// It is known not to be set.
    #[default]
    Absent,
    /// Whether and to what it is set is not known.
    Unknown(Hole),
}

/// A list of which some may not be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listed<T> {
    /// What is known to be in it.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<T>,
    /// What may be in it as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Hole>,
}

/// The tags of a thing.
///
/// A tag whose key is not known may be any tag, and makes the list open. A tag whose value is not known has a value with a hole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tags {
    /// The tags that are known to be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<Tag>,
    /// What may be there as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Hole>,
    /// Where they are written, or would be.
    pub origin: Origin,
}

impl<T> Attribute<T> {
    /// Another value in the place of a known one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attribute<U> {
        match self {
            Self::Known(value) => Attribute::Known(change(value)),
            Self::Absent => Attribute::Absent,
            Self::Unknown(hole) => Attribute::Unknown(hole),
        }
    }

    /// The same of a reference.
    pub fn as_ref(&self) -> Attribute<&T> {
        match self {
            Self::Known(value) => Attribute::Known(value),
            Self::Absent => Attribute::Absent,
            Self::Unknown(hole) => Attribute::Unknown(hole.clone()),
        }
    }

    /// The value, when it is known to be set.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// What would settle it, when it is not known.
    pub fn hole(&self) -> Option<&Hole> {
        match self {
            Self::Unknown(hole) => Some(hole),
            Self::Known(_) | Self::Absent => None,
        }
    }

    /// Whether it is known not to be set.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// A fact that no source states.
    pub fn unstated() -> Self {
        Self::Unknown(Hole::unstated())
    }

    /// The value of a source that leaves out both what is not set and what it does not know.
    pub fn or_unstated(value: Option<T>) -> Self {
        value.map_or_else(Self::unstated, Self::Known)
    }

    /// The value of a source that leaves out only what is not set.
    pub fn or_absent(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Known)
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self::all(Vec::new())
    }
}

impl<T> Listed<T> {
    /// A list of which everything is known.
    pub fn all(list: Vec<T>) -> Self {
        Self { list, open: None }
    }

    /// A list that no source states, or not in full.
    pub fn unstated(list: Vec<T>) -> Self {
        Self {
            list,
            open: Some(Hole::unstated()),
        }
    }

    /// Whether it is known to hold nothing.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.open.is_none()
    }
}

impl Tags {
    /// Tags of which everything is known.
    pub fn all(list: Vec<Tag>, origin: Origin) -> Self {
        Self {
            list,
            open: None,
            origin,
        }
    }

    /// Tags that no source states.
    pub fn unstated(origin: Origin) -> Self {
        Self {
            list: Vec::new(),
            open: Some(Hole::unstated()),
            origin,
        }
    }

    /// Whether no source states them.
    pub fn is_unstated(&self) -> bool {
        self.list.is_empty() && self.open.as_ref().is_some_and(Hole::is_unstated)
    }

    /// Whether everything is known of them.
    pub fn is_settled(&self) -> bool {
        self.open.is_none()
    }
}
