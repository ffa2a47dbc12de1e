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
        let rules = family::ALL.iter().flat_map(|family| family.rules);
        let mut entries: Vec<_> = rules.copied().collect();
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

/// The subject of the family of a rule.
pub fn theme(rule: &Rule) -> &'static str {
    let mut families = family::ALL.iter();
    let own = families.find(|family| family.prefix == rule.family());
    own.map_or("", |family| family.theme)
}
