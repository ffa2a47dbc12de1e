//! Facts that a source may leave open: attributes, and lists that may contain more than the known elements.
//!
//! No function here turns an unknown fact into a default. The caller matches on the three cases.

use crate::{
    source::{Origin, Spanned},
    text::{Hole, Text},
};
use serde::{Deserialize, Serialize};

/// A tag of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tag {
    /// The key, in the case that the service keeps.
    pub key: Spanned<String>,
    /// The value.
    pub value: Spanned<Text>,
}

/// A fact that is known, absent or unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attribute<T> {
    /// The known value.
    Known(T),
    /// The fact is known not to be set.
    #[default]
    Absent,
    /// It is unknown whether the fact is set, and to what.
    Unknown(Hole),
}

/// A list of which some elements may be unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listed<T> {
    /// The known elements.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<T>,
    /// What else the list may contain, if it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Hole>,
}

/// The tags of a resource.
///
/// A tag with an unknown key may be any tag, and opens the list. A tag with an unknown value has a value with a hole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tags {
    /// The known tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<Tag>,
    /// What other tags there may be, if the list is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Hole>,
    /// The place of the tags, or where they would be.
    pub origin: Origin,
}

impl<T> Attribute<T> {
    /// Replaces a known value by the result of a function.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attribute<U> {
        match self {
            Self::Known(value) => Attribute::Known(change(value)),
            Self::Absent => Attribute::Absent,
            Self::Unknown(hole) => Attribute::Unknown(hole),
        }
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Attribute<&T> {
        match self {
            Self::Known(value) => Attribute::Known(value),
            Self::Absent => Attribute::Absent,
            Self::Unknown(hole) => Attribute::Unknown(hole.clone()),
        }
    }

    /// The value, if it is known and set.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// The missing fact, if it is unknown.
    pub fn hole(&self) -> Option<&Hole> {
        match self {
            Self::Unknown(hole) => Some(hole),
            Self::Known(_) | Self::Absent => None,
        }
    }

    /// Whether the fact is known not to be set.
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
    /// A list that is known in full.
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

    /// Whether the list is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.open.is_none()
    }
}

impl Tags {
    /// Tags that are known in full.
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

    /// Whether all tags are known.
    pub fn is_settled(&self) -> bool {
        self.open.is_none()
    }
}
