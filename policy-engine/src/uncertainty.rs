//! The register of uncertainties (docs/semantics.md#uncertain-behaviour): points where AWS's behaviour could not be established.
//!
//! Each has the engine's default and another branch. An evaluation records the uncertainties that it touched; the answer names
//! those whose other branch would change it.

use std::fmt;

/// An entry of the register, `U-n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uncertainty(u8);

/// A set of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uncertainties(u64);

/// The question of an entry, and the two answers.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The entry.
    pub uncertainty: Uncertainty,
    /// The open question.
    pub question: &'static str,
    /// The engine's default.
    pub default: &'static str,
    /// The other possible behaviour.
    pub other: &'static str,
}

macro_rules! register {
    ($($name:ident = $number:literal: $question:literal, $default:literal, $other:literal;)*) => {
        impl Uncertainty {
            $(#[doc = $question] pub const $name: Self = Self($number);)*
        }

        /// The entries that can change a decision.
        pub const REGISTER: &[Entry] = &[
            $(Entry { uncertainty: Uncertainty($number), question: $question, default: $default, other: $other },)*
        ];
    };
}

register! {
    NUMBER_TEXT = 3: "the text of a JSON number in a String comparison", "as it is written", "without needless digits";
    EMPTY_NOT_LIST = 7: "an empty `NotAction` or `NotResource` list", "matches nothing", "matches everything";
    ONE_CHARACTER = 8: "what `?` matches of a character beyond the first Unicode plane", "the character", "half of it";
    SHORT_ARN = 9: "an ARN pattern with fewer than six segments", "filled up when it ends in `*`", "matches nothing";
    EARLY_VARIABLE = 10: "a variable before the fifth colon of a resource", "the entry matches nothing", "substituted";
    BOOL_VARIABLE = 11: "a variable in a Bool value", "substituted", "literal text";
    WILDCARD_IN_VALUE = 12: "`*` or `?` in the value of a variable", "literal", "a wildcard";
    DEFAULT_FOR_EMPTY = 13: "a variable's default when the value is empty", "not used", "used";
    UNRESOLVED_NEGATED = 14: "an unresolved variable under a negated operator or in `NotResource`",
        "the value does not match, so the negation holds", "the statement is void";
    NEGATED_MULTIVALUED = 15: "a negated operator on a multivalued key without a set operator", "does not match",
        "no value may match";
    NEGATED_EMPTY_LIST = 16: "a negated operator with an empty value list", "matches", "does not match";
    NULL_EMPTY_VALUE = 17: "`Null` with an empty value", "empty counts as absent", "empty counts as present";
    UNPARSABLE_NEGATED = 18: "a negated number, date or address test on a value that cannot be read", "does not match",
        "matches";
    BOOL_OTHER_TEXT = 19: "`Bool` on text that is neither true nor false", "does not match", "`false` matches";
    NUMBER_SYNTAX = 20: "numbers with an exponent, hexadecimal digits or blanks", "cannot be read", "are read";
    DATE_OFFSET = 21: "a time of day without an offset", "UTC", "cannot be read";
    MAPPED_ADDRESS = 22: "an IPv4 address written as IPv6 against an IPv4 range", "does not match", "matches as IPv4";
    SHORT_ARN_VALUE = 23: "`*` or another short pattern with an Arn operator", "does not match", "matches";
    MCP_KEYS = 24: "`aws:ViaAWSMCPService` and `aws:IsMcpServiceAction` of an ordinary call", "absent", "`false`";
    KEY_TAGS_IN_KEY_POLICY = 27: "`aws:ResourceTag` and `kms:ResourceAliases` in a key policy", "absent", "present";
    NOT_PRINCIPAL_ALLOW = 28: "`Allow` with `NotPrincipal`", "not limited by boundary and session policy", "limited";
    NOT_PRINCIPAL_FACES = 29: "the names that a `NotPrincipal` list must contain to exclude a role session", "role and account",
        "role, account and session";
    BATCH_ACROSS_ACCOUNTS = 30: "a secret of another account in a BatchGetSecretValue", "as GetSecretValue", "refused";
    SCP_WEB_IDENTITY = 31: "SCPs on `sts:AssumeRoleWithWebIdentity`", "do not apply", "apply to the role's account";
    GRANT_LIMITS = 32: "whether a boundary or session policy limits a KMS grant", "not in the same account",
        "limits it";
    POD_IDENTITY_SOURCE = 33: "`aws:SourceAccount`, `aws:SourceArn` and `aws:SourceOrgID` when EKS assumes a role",
        "present", "absent";
    PARAMETER_SELECTOR = 36: "the version or label that a call names with a parameter", "no part of the ARN",
        "part of the ARN";
    REPLICA_CONTEXT = 37: "`kms:EncryptionContext:SecretARN` of a replica", "the replica's ARN", "the primary's ARN";
    ENDPOINT_PRINCIPAL = 38: "a principal other than `*` in an endpoint policy", "compared like any principal",
        "matches nobody";
    FORWARDED_SOURCE_IP = 39: "`aws:SourceIp` of a call to KMS that was forwarded from a VPC endpoint", "absent",
        "some address";
    STAR_ACROSS_SEGMENTS = 40: "`*` at the end of an inner segment of an ARN pattern that lacks a segment",
        "matches several segments", "matches nothing";
    RCP_WITHOUT_RESOURCE = 41: "RCPs on a request that names no resource", "those of the caller's account apply",
        "none applies";
}

impl Uncertainty {
    /// The entry of that name, `U-14`, when it can change a decision.
    pub fn parse(name: &str) -> Option<Self> {
        let number = name
            .strip_prefix("U-")
            .or_else(|| name.strip_prefix("u-"))?
            .parse::<u8>()
            .ok()?;
        REGISTER
            .iter()
            .map(|entry| entry.uncertainty)
            .find(|entry| entry.0 == number)
    }
}

impl fmt::Display for Uncertainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U-{}", self.0)
    }
}

impl Uncertainties {
    /// No entry.
    pub const NONE: Self = Self(0);

    /// Adds an entry.
    pub fn insert(&mut self, entry: Uncertainty) {
        self.0 |= 1 << entry.0;
    }

    /// The set with one more entry.
    #[must_use]
    pub fn with(self, entry: Uncertainty) -> Self {
        Self(self.0 | 1 << entry.0)
    }

    /// The set with one entry added or removed.
    #[must_use]
    pub fn toggled(self, entry: Uncertainty) -> Self {
        Self(self.0 ^ 1 << entry.0)
    }

    /// Entries of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether an entry is in it.
    pub fn contains(self, entry: Uncertainty) -> bool {
        self.0 & 1 << entry.0 != 0
    }

    /// The entries in order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Uncertainty> {
        (0..64)
            .map(Uncertainty)
            .filter(move |entry| self.contains(*entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_printed() {
        let entry = Uncertainty::parse("U-14").unwrap();
        assert_eq!(entry, Uncertainty::UNRESOLVED_NEGATED);
        assert_eq!(entry.to_string(), "U-14");
        assert_eq!(Uncertainty::parse("U-99"), None);
        assert_eq!(Uncertainty::parse("14"), None);
        assert!(Uncertainties::NONE.with(entry).contains(entry));
    }
}
