//! The differences between the AWS provider and ours; no other code distinguishes the two.

use serde::{Deserialize, Serialize};

/// The provider that mounts the classes of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dialect {
    /// The AWS provider: `aws/secrets-store-csi-driver-provider-aws`.
    #[default]
    Upstream,
    /// The provider of this repository.
    Ours,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Upstream, Self::Ours];

    /// The word for the dialect in a world file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Upstream => "aws",
            Self::Ours => "ascp-policy",
        }
    }

    /// The dialect for a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether YAML 1.1 turns an unquoted `0644` into the number 420 before the provider reads it; ours uses the typed characters.
    pub fn retypes_scalars(self) -> bool {
        self == Self::Upstream
    }

    /// Whether the provider reads `jmesPathAll`, `mountObject`, `allowNonString` and `jmesNonString`; the AWS provider skips them.
    pub fn has_extensions(self) -> bool {
        self == Self::Ours
    }

    /// The prefixes of the entries that the provider itself writes into a volume, and that no file may have.
    pub fn reserved_prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Upstream => &[],
            Self::Ours => &["..ascp-provider-", "..data"],
        }
    }
}
