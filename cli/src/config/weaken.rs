//! What a configuration takes away from the judgement, in sentences for the output.

use super::{Config, FailOn, Level, Selector};
use crate::{
    report::count,
    rulebook::{self, RuleInfo, Severity},
};

impl Config {
    /// One sentence per way in which the configuration makes the run milder than no configuration does.
    pub fn weakens(&self) -> Vec<String> {
        let mut ways = Vec::new();
        let rules: Vec<&RuleInfo> = rulebook::all().iter().filter(|rule| !rule.is_off).collect();
        let off = rules
            .iter()
            .filter(|rule| !self.selection.contains(rule))
            .count();
        if off > 0 {
            ways.push(format!("{off} of {} rules do not run", rules.len()));
        }
        let silenced = rules.iter().filter(|rule| self.is_allowed(rule)).count();
        if silenced > 0 {
            ways.push(format!(
                "the level `allow` silences {}",
                count(silenced, "rule")
            ));
        }
        let lowered = rules.iter().filter(|rule| self.is_lowered(rule)).count();
        if lowered > 0 {
            ways.push(format!("{} have a lower severity", count(lowered, "rule")));
        }
        let gate = self.fail_on.iter().filter_map(|gate| match gate {
            FailOn::Severity(severity) => Some(*severity),
            FailOn::Undecided => None,
        });
        if let Some(gate) = gate.max().filter(|gate| *gate < Severity::High) {
            ways.push(format!("only {} findings fail the run", gate.word()));
        }
        if let Some(threshold) = self.threshold.filter(|least| *least < Severity::Low) {
            ways.push(format!(
                "findings below {} are not reported",
                threshold.word()
            ));
        }
        let overrides = self.overrides.iter().flat_map(|entry| &entry.ignore);
        let suppress = self.suppress.iter().filter(|entry| entry.object.is_none());
        let broad: Vec<&str> = overrides
            .chain(suppress.flat_map(|entry| &entry.codes))
            .filter(|code| is_broad(code))
            .map(|code| code.text.value.as_str())
            .collect();
        if !broad.is_empty() {
            ways.push(format!(
                "exceptions accept all findings of {}",
                broad.join(", ")
            ));
        }
        ways
    }

    fn is_allowed(&self, rule: &RuleInfo) -> bool {
        matches!(self.level(rule), Some(Level::Allow))
    }

    fn is_lowered(&self, rule: &RuleInfo) -> bool {
        matches!(self.level(rule), Some(Level::Severity(severity)) if severity > rule.severity)
    }

    /// The level that the most specific selector gives a rule.
    fn level(&self, rule: &RuleInfo) -> Option<Level> {
        let matching = self
            .levels
            .iter()
            .filter_map(|(selector, level)| Some((selector.matches(rule)?, level.value)));
        let best = matching.max_by_key(|(strength, _)| *strength);
        best.map(|(_, level)| level)
    }
}

/// Whether a selector matches several rules.
pub(crate) fn is_broad(selector: &Selector) -> bool {
    selector.text.value == "ALL" || rulebook::find(&selector.text.value).is_none()
}
