//! Codes and names of findings, as the rule catalogue lists them.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody reads what they must not, today.
    Critical,
    /// It does not work, or leaks under ordinary conditions.
    High,
    /// It fails or leaks under special conditions.
    Medium,
    /// It will bite later.
    Low,
    /// Worth knowing.
    Info,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Access is refused or the mount fails.
    Break,
    /// Access is wider than it looks.
    Leak,
    /// It works today.
    Fragile,
}

/// A code with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Three capitals and three digits.
    pub code: &'static str,
    /// Reads after "allow".
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What goes wrong.
    pub class: Class,
}

/// Every code a broken mount can have, sorted.
pub const CODES: &[Code] = &[
    high("IRS101", "irsa-with-session-tag-condition"),
    high("IRS105", "irsa-sub-mismatch"),
    high("IRS107", "irsa-issuer-mismatch"),
    high("KMS101", "key-policy-refuses-reader"),
    high("KMS102", "missing-kms-decrypt"),
    high("KMS103", "via-service-region-mismatch"),
    high("KMS104", "via-service-wrong-service"),
    high("KMS105", "encryption-context-mismatch"),
    high("KMS106", "aws-managed-key-across-accounts"),
    high("KMS107", "key-unusable"),
    high("KMS108", "alias-in-resource"),
    high("POD101", "trust-missing-pods-principal"),
    high("POD102", "trust-missing-tag-session"),
    high("POD105", "trust-source-arn-not-cluster"),
    high("POD106", "trust-source-mismatch"),
    high("POD108", "trust-request-tag-excludes-association"),
    high("POD110", "trust-request-tag-but-tags-disabled"),
    high("POD111", "trust-principal-tag-for-service-caller"),
    high("POD112", "trust-web-identity-action"),
    high("POD201", "association-role-in-other-account"),
    high("POD202", "association-role-unknown"),
    high("POD210", "tags-off-but-abac-used"),
    high("POD211", "session-policy-blocks-path"),
    high("POD301", "target-role-not-permitted"),
    high("POD302", "target-role-missing-tag-session"),
    high("POD304", "target-external-id-mismatch"),
    high("REQ101", "missing-get-secret-value"),
    medium("REQ102", "missing-describe-secret"),
    high("REQ103", "missing-get-parameters"),
    high("REQ105", "region-not-covered"),
    high("REQ106", "account-or-partition-not-covered"),
    high("SCT101", "secret-lacks-abac-tag"),
    high("SCT106", "secret-tagged-for-other-tenant"),
    high("SCT109", "arn-without-random-suffix"),
    high("SCT113", "secret-unknown"),
    high("SCT121", "secret-policy-unknown-principal"),
    high("SCT122", "secret-policy-resource-mismatch"),
    high("SPC102", "parameter-not-a-string"),
    high("SPC103", "objects-unreadable"),
    high("SPC104", "object-incomplete"),
    high("SPC105", "object-type-invalid"),
    high("SPC106", "arn-region-differs"),
    high("SPC107", "failover-incomplete"),
    high("SPC108", "version-and-label"),
    high("SPC109", "duplicate-object"),
    high("SPC110", "file-name-collision"),
    high("SPC111", "jmes-entry-incomplete"),
    high("SPC112", "path-invalid"),
    high("SPC113", "file-permission-invalid"),
    high("SPC116", "use-pod-identity-invalid"),
    high("SPC120", "identity-mode-mismatch"),
    high("SPC121", "pod-without-identity"),
    high("SPC122", "association-for-other-namespace"),
    high("SPC128", "class-unknown"),
    high("SPC135", "csi-driver-token-missing"),
    high("TAG101", "misspelt-session-tag"),
    medium("TAG102", "principal-tag-nobody-sets"),
    medium("TAG104", "resource-tag-nobody-has"),
    high("TAG115", "abac-variable-in-old-version"),
    high("XAC101", "cross-account-without-resource-policy"),
    high("XAC102", "cross-account-identity-side-missing"),
    high("XAC108", "scp-blocks-path"),
    high("XAC109", "rcp-blocks-path"),
    high("XAC110", "boundary-blocks-path"),
    high("XAC111", "parameter-not-shareable"),
    high("XAC113", "failover-target-missing"),
    low("XAC114", "vpc-endpoint-condition-excludes-nodes"),
];

const fn high(code: &'static str, name: &'static str) -> Code {
    Code {
        code,
        name,
        severity: Severity::High,
        class: Class::Break,
    }
}

const fn medium(code: &'static str, name: &'static str) -> Code {
    Code {
        severity: Severity::Medium,
        ..high(code, name)
    }
}

const fn low(code: &'static str, name: &'static str) -> Code {
    Code {
        severity: Severity::Low,
        ..high(code, name)
    }
}

impl Code {
    /// The code of that name; an unknown one is a mistake of ours and becomes the first code.
    pub(crate) fn of(code: &str) -> Self {
        let found = CODES.iter().find(|known| known.code == code);
        debug_assert!(found.is_some(), "{code} is not registered");
        found
            .copied()
            .unwrap_or(high("REQ101", "missing-get-secret-value"))
    }
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Leak => "leak",
            Self::Fragile => "fragile",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        let mut names: Vec<_> = CODES.iter().map(|code| code.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CODES.len());
    }
}
