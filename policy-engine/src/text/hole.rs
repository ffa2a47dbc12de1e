//! The unknown parts of a text.

use super::shared::Str;
use serde::{Deserialize, Serialize};

/// The possible fillings of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HoleKind {
    /// Anything, the empty text included.
    Any,
    /// Anything but the empty text.
    Some,
    /// The six letters or digits behind a secret's name; no two secrets of one name share them.
    SecretSuffix,
    /// The id of a KMS key: letters, digits and hyphens; no two keys share it.
    KeyId,
}

/// An unknown part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hole {
    /// The name of the missing fact, for display; two holes with the same name are the same hole.
    pub name: Str,
    /// The possible fillings.
    pub kind: HoleKind,
}

impl Hole {
    /// A hole with a name and any filling.
    pub fn any(name: impl Into<Str>) -> Self {
        Self {
            name: name.into(),
            kind: HoleKind::Any,
        }
    }

    /// A fact that no source states. It has no name: the caller of `reason` names it.
    pub fn unstated() -> Self {
        Self::any("")
    }

    /// Whether no source states the fact.
    pub fn is_unstated(&self) -> bool {
        self.name.is_empty()
    }

    /// The missing fact: the name of the hole or, where no source states it, the name that the caller gives it.
    pub fn reason(&self, name: impl FnOnce() -> String) -> String {
        if self.is_unstated() {
            name()
        } else {
            self.name.to_string()
        }
    }
}
