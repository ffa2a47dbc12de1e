//! All rules, by their codes.

use crate::{
    check::{Check, Entry},
    family,
    mount::cause::Causes,
    rule::Rule,
};
use std::sync::OnceLock;

/// Every rule with its checks, sorted by code.
pub(crate) fn entries() -> &'static [&'static Entry] {
    static ENTRIES: OnceLock<Vec<&'static Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let mut entries: Vec<_> = family::ALL.iter().copied().flatten().copied().collect();
        entries.sort_by_key(|entry| entry.rule.code);
        entries
    })
}

/// Every rule, sorted by code.
pub fn rules() -> &'static [&'static Rule] {
    static RULES: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    RULES.get_or_init(|| entries().iter().map(|entry| entry.rule).collect())
}

/// The rules that report causes.
pub(crate) fn causes() -> &'static Causes {
    static CAUSES: OnceLock<Causes> = OnceLock::new();
    CAUSES.get_or_init(|| {
        let mut causes = Causes {
            special: Vec::new(),
            general: Vec::new(),
            last: family::LAST_CAUSE,
            class: family::rule_of_class,
        };
        for entry in entries() {
            for check in entry.checks {
                match check {
                    Check::Cause(find) => causes.special.push((entry.rule, *find)),
                    Check::GeneralCause(find) => causes.general.push((entry.rule, *find)),
                    Check::LastCause
                    | Check::Class
                    | Check::Mistake(_)
                    | Check::Document(_)
                    | Check::World(_) => {}
                }
            }
        }
        causes
    })
}

/// The rule of a code, a name, or a code of AWS; case does not matter.
pub fn find(text: &str) -> Option<&'static Rule> {
    let rules = rules();
    // Programs look up codes, for every finding; people look up names and codes of AWS.
    if let Ok(at) = rules.binary_search_by_key(&text, |rule| rule.code) {
        return rules.get(at).copied();
    }
    rules.iter().copied().find(|rule| rule.is(text))
}

/// The subject of a family.
pub fn theme(family: &str) -> &'static str {
    match family {
        "GRM" => "grammar of a policy document",
        "ARN" => "shape of ARNs",
        "CAT" => "actions, resource types and keys of services",
        "CND" => "conditions",
        "VAR" => "policy variables",
        "PRN" => "principals",
        "PRM" => "permissions that are too broad",
        "QUO" => "quotas",
        "ORG" => "service and resource control policies",
        "RED" => "redundancy and style",
        "POD" => "Pod Identity: association and trust",
        "IRS" => "IAM roles for service accounts",
        "TAG" => "conditions on tags",
        "SCT" => "secrets and parameters",
        "REQ" => "permissions that a path requires",
        "KMS" => "keys",
        "XAC" => "accounts, organization, regions",
        "SPC" => "SecretProviderClass, volumes, workloads",
        "ESC" => "tampering and escalation",
        "BND" => "the bundle: what was read, taken together",
        "ACC" => "promises, and what changed since",
        _ => "other",
    }
}
