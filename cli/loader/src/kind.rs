//! The kinds of input.

use std::fmt;

/// A kind of input: the tool's own format, or one of the formats that the readers evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// The word in a world file's `kind`.
    name: &'static str,
    /// One of them, as a sentence names it.
    described: &'static str,
}

impl Kind {
    /// The tool's own format.
    pub const WORLD: Self = Self::new("world", "a world");
    /// Kubernetes manifests.
    pub const KUBERNETES: Self = Self::new("kubernetes", "Kubernetes manifests");
    /// Saved answers of the AWS CLI.
    pub const AWS: Self = Self::new("aws", "an answer of AWS");
    /// An IAM policy on its own.
    pub const POLICY: Self = Self::new("policy", "a policy");

    pub(crate) const fn new(name: &'static str, described: &'static str) -> Self {
        Self { name, described }
    }

    /// One of them, as a sentence counts it.
    pub(crate) fn counted(self) -> &'static str {
        let bare = self.described.strip_prefix("a ");
        let bare = bare.or_else(|| self.described.strip_prefix("an "));
        bare.unwrap_or(self.described)
    }

    /// The word in a world file's `kind`.
    pub fn name(self) -> &'static str {
        self.name
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.described)
    }
}
