//! Names of condition keys: they compare in any case, and are looked up by hash.

use crate::text::Str;
use std::fmt;

/// The name of a condition key, with the tag key behind the slash.
///
/// AWS compares the whole name in any case (docs/semantics.md#letter-case); the spelling is kept for display.
#[derive(Clone, Debug)]
pub struct Key {
    name: Str,
    hash: u64,
}

/// Keys with several values (docs/semantics.md#multivalued-keys); the keys of other services are not listed.
const MULTIVALUED: [&str; 14] = [
    "aws:tagkeys",
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
    "aws:principalservicenameslist",
    "sts:transitivetagkeys",
    "sts:requestcontextproviders",
    "sts:identitytokenaudience",
    "kms:encryptioncontextkeys",
    "kms:resourcealiases",
    "kms:grantoperations",
    "secretsmanager:addreplicaregions",
];

impl Key {
    /// The key with a name.
    pub fn new(name: impl Into<Str>) -> Self {
        let name = name.into();
        let hash = hash(&name);
        Self { name, hash }
    }

    /// A number that equal keys share.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The part behind a prefix such as `aws:PrincipalTag/`, compared in any case.
    pub fn strip_prefix(&self, prefix: &str) -> Option<&str> {
        let head = self.name.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix)
            .then(|| self.name.get(prefix.len()..))
            .flatten()
    }

    /// Whether the key has a list of values in every request.
    pub fn is_multivalued(&self) -> bool {
        // The authentication methods of an OIDC issuer: `<issuer>:amr`.
        let methods = self
            .name
            .rsplit_once(':')
            .is_some_and(|(_, claim)| claim.eq_ignore_ascii_case("amr"));
        methods
            || MULTIVALUED
                .iter()
                .any(|name| self.name.eq_ignore_ascii_case(name))
    }

    /// Whether the key has this name, compared in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        // Most names are spelt alike; only others need the slower comparison.
        self.hash == other.hash
            && (self.name == other.name || self.name.eq_ignore_ascii_case(&other.name))
    }
}

impl Eq for Key {}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// FNV-1a over the lower-case bytes; a comparison of the names resolves collisions.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        hash_byte(state, byte.to_ascii_lowercase())
    })
}

/// One step of FNV-1a.
pub(crate) fn hash_byte(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case() {
        assert_eq!(
            Key::new("aws:PrincipalTag/Team"),
            Key::new("AWS:principaltag/team")
        );
        assert_ne!(
            Key::new("aws:PrincipalTag/team"),
            Key::new("aws:PrincipalTag/teams")
        );
        assert_eq!(
            Key::new("aws:principaltag/Team").strip_prefix("aws:PrincipalTag/"),
            Some("Team")
        );
    }
}
