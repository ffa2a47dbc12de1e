//! What differs between the AWS provider and ours; nothing else asks which of the two mounts a class.

use serde::{Deserialize, Serialize};

/// Which provider mounts the classes of a cluster.
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

    /// The word for it in a world file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Upstream => "aws",
            Self::Ours => "ascp-policy",
        }
    }

    /// The dialect of that word.
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

    /// Whether YAML 1.1 turns `0644` without quotes into the number 420 before the provider sees it; ours uses the typed characters.
    pub fn retypes_scalars(self) -> bool {
        self == Self::Upstream
    }

    /// Whether `jmesPathAll`, `mountObject`, `allowNonString` and `jmesNonString` mean something; upstream skips them.
    pub fn has_extensions(self) -> bool {
        self == Self::Ours
    }

    /// How the names begin that the provider itself writes into a volume, and that no file may share.
    pub fn reserved_prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Upstream => &[],
            Self::Ours => &["..ascp-provider-", "..data"],
        }
    }
}
