//! Which kinds of facts are complete, and which objects exist although no source describes them.

use crate::source::Spanned;
use serde::{Deserialize, Serialize};

/// The kinds of facts that are complete: an object that is not in the world does not exist.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Closed {
    /// Whether every kind is complete.
    pub all: bool,
    /// Kinds by their name in a world file, for one account (its id) or for all accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<(String, Option<String>)>,
    /// Kinds of an account that are not complete after all: an object of the kind exists, and its name is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<(String, String)>,
}

/// Objects that exist although no source describes them; patterns with `*`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Externals {
    /// Kinds by their name in a world file, and patterns of references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<(String, Spanned<String>)>,
}

impl Closed {
    /// Whether a kind of facts is complete for an account.
    pub fn contains(&self, kind: &str, account: &str) -> bool {
        let mut open = self.open.iter();
        if open.any(|(name, of)| name == kind && of == account) {
            return false;
        }
        self.all
            || self.kinds.iter().any(|(name, only)| {
                name == kind && only.as_ref().is_none_or(|only| only == account)
            })
    }
}
