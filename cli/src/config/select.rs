//! Selectors of rules: all, a family, a prefix of a code, a code, a name or a code of AWS.

use crate::rulebook::{self, RuleInfo};
use loader::nearest;
use policy_engine::source::{Origin, Spanned};

/// A text that matches rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The text, with its place.
    pub text: Spanned<String>,
}

/// The rules that run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those that run; all when empty.
    pub select: Vec<Selector>,
    /// Those that run beside them.
    pub extend: Vec<Selector>,
    /// Those that do not.
    pub ignore: Vec<Selector>,
}

impl Selector {
    /// A selector of the command line; a message if it matches no rule.
    pub fn parse(text: &str) -> Result<Self, String> {
        let selector = Self {
            text: Spanned::new(text.to_owned(), Origin::NOWHERE),
        };
        match selector.unknown() {
            None => Ok(selector),
            Some(help) => Err(format!("`{text}` matches no rule; {help}")),
        }
    }

    /// How specific the match of a rule is: `None` for no match, 0 for `ALL`.
    pub fn matches(&self, rule: &RuleInfo) -> Option<usize> {
        let text = self.text.value.as_str();
        if text == "ALL" {
            return Some(0);
        }
        if rule.is(text) {
            return Some(usize::MAX);
        }
        let is_prefix =
            text.len() < 6 && text.starts_with(|first: char| first.is_ascii_uppercase());
        (is_prefix && rule.code.starts_with(text)).then_some(text.len())
    }

    /// Advice if it matches no rule, without a near name.
    pub fn unknown_quickly(&self) -> Option<String> {
        let mut rules = rulebook::all().iter();
        let is_known = self.text.value == "ALL" || rules.any(|rule| self.matches(rule).is_some());
        (!is_known).then(|| "`ascp-policy rules` lists all rules".to_owned())
    }

    /// Advice if it matches no rule.
    pub fn unknown(&self) -> Option<String> {
        let advice = self.unknown_quickly()?;
        let rules = rulebook::all();
        let names = rules.iter().flat_map(|rule| {
            [rule.code, rule.name]
                .into_iter()
                .chain(rule.aws.iter().copied())
        });
        let near = nearest(&self.text.value, names);
        Some(near.map_or(advice, |near| format!("did you mean `{near}`?")))
    }
}

/// The most specific match of some selectors.
fn strongest(selectors: &[Selector], rule: &RuleInfo) -> Option<usize> {
    selectors
        .iter()
        .filter_map(|selector| selector.matches(rule))
        .max()
}

impl Selection {
    /// Whether a rule runs: the more specific of `select` and `ignore` decides, between equals `ignore`. A rule that is off runs
    /// only by its code, name or AWS code.
    pub fn contains(&self, rule: &RuleInfo) -> bool {
        let selected = if self.select.is_empty() {
            Some(0)
        } else {
            strongest(&self.select, rule)
        };
        let selected = selected.max(strongest(&self.extend, rule));
        let selected = selected.filter(|exact| !rule.is_off || *exact == usize::MAX);
        match (selected, strongest(&self.ignore, rule)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(selected), Some(ignored)) => selected > ignored,
        }
    }

    /// All selectors.
    pub fn all(&self) -> impl Iterator<Item = &Selector> {
        self.select.iter().chain(&self.extend).chain(&self.ignore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Vec<Selector> {
        texts
            .iter()
            .map(|text| Selector::parse(text).unwrap())
            .collect()
    }

    #[test]
    fn the_more_exact_selector_counts() {
        let rule = rulebook::find("TAG101").unwrap();
        let contains = |select: &[&str], extend: &[&str], ignore: &[&str]| {
            Selection {
                select: list(select),
                extend: list(extend),
                ignore: list(ignore),
            }
            .contains(&rule)
        };
        assert!(contains(&[], &[], &[]));
        assert!(contains(&["ALL"], &[], &["KMS"]));
        assert!(!contains(&["KMS"], &[], &[]));
        assert!(!contains(&[], &[], &["TAG"]));
        assert!(contains(&["TAG101"], &[], &["TAG"]));
        assert!(contains(&["TAG1"], &[], &["TAG"]));
        assert!(!contains(&["TAG"], &[], &["TAG"]));
        assert!(!contains(&["TAG"], &[], &["misspelt-session-tag"]));
        assert!(contains(&["KMS"], &["TAG101"], &[]));
        assert!(contains(&["ALL"], &["TAG101"], &["TAG"]));
    }

    #[test]
    fn a_rule_that_is_off_must_be_named() {
        let rule = rulebook::find("ORG190").unwrap();
        assert!(rule.is_off);
        for (select, runs) in [
            (&[][..], false),
            (&["ALL", "ORG", "ORG19"], false),
            (&["ORG190"], true),
            (&["scp-allow-condition"], true),
            (&["SCP_SYNTAX_ERROR_ALLOW_CONDITION"], true),
        ] {
            let selected = Selection {
                select: list(select),
                ..Selection::default()
            };
            let beside = Selection {
                extend: list(select),
                ..Selection::default()
            };
            assert_eq!(selected.contains(&rule), runs, "{select:?}");
            assert_eq!(beside.contains(&rule), runs, "{select:?}");
        }
    }

    #[test]
    fn a_selector_that_matches_nothing_gets_the_nearest_name() {
        assert!(Selector::parse("TAG").is_ok() && Selector::parse("Misspelt-Session-Tag").is_ok());
        let error = Selector::parse("misspelt-session-tags").unwrap_err();
        assert!(
            error.ends_with("did you mean `misspelt-session-tag`?"),
            "{error}"
        );
        assert!(Selector::parse("ZZZ").is_err() && Selector::parse("tag").is_err());
    }
}
