//! What a configuration takes away from the judgement, in sentences for the output.

use super::{Config, FailOn, Level, Override, Selector, Suppress};
use crate::{
    report::count,
    rulebook::{self, RuleInfo, Severity},
};
use globset::GlobSet;

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
        let verb = |number| if number == 1 { "has" } else { "have" };
        if lowered > 0 {
            let verb = verb(lowered);
            ways.push(format!(
                "{} {verb} a lower severity",
                count(lowered, "rule")
            ));
        }
        let milder = rules.iter().filter(|rule| self.is_milder_somewhere(rule));
        let milder = milder.count();
        if milder > 0 {
            let verb = verb(milder);
            ways.push(format!(
                "{} {verb} a lower severity or none in some paths",
                count(milder, "rule")
            ));
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
        let everywhere = |entry: &&Override| accepts_all(Some(&entry.paths));
        let (wide, narrow): (Vec<_>, Vec<_>) = self.overrides.iter().partition(everywhere);
        let (open, other): (Vec<_>, Vec<_>) =
            self.suppress.iter().partition(|entry| entry.is_open());
        let narrow = narrow.iter().flat_map(|entry| &entry.ignore);
        let other = other
            .iter()
            .filter(|entry| accepts_all(entry.object.as_ref()));
        let narrow = narrow.chain(other.flat_map(|entry| &entry.codes));
        let all = wide.iter().flat_map(|entry| &entry.ignore);
        let all = all.chain(open.iter().flat_map(|entry| &entry.codes));
        let broad: Vec<&str> = all
            .chain(narrow.filter(|code| is_broad(code)))
            .map(|code| code.text.value.as_str())
            .collect();
        if !broad.is_empty() {
            ways.push(format!(
                "exceptions accept all findings of {}",
                broad.join(", ")
            ));
        }
        let all = rules::registry::rules().iter();
        let open = all.filter(|rule| self.settings.open_options(rule).next().is_some());
        let open = open.count();
        if open > 0 {
            ways.push(format!(
                "an option exempts everything from {}",
                count(open, "rule")
            ));
        }
        ways
    }

    fn is_allowed(&self, rule: &RuleInfo) -> bool {
        matches!(self.level(rule), Some(Level::Allow))
    }

    /// Whether an override by path gives a rule a lower severity than this configuration does elsewhere, or silences it.
    fn is_milder_somewhere(&self, rule: &RuleInfo) -> bool {
        let usual = match self.level(rule) {
            Some(Level::Severity(severity)) => severity,
            Some(Level::Allow) => return false,
            Some(Level::Forbid) | None => rule.severity,
        };
        let levels = self.overrides.iter().flat_map(|entry| &entry.levels);
        let mut levels = levels.filter(|(selector, _)| selector.matches(rule).is_some());
        levels.any(|(_, level)| match level.value {
            Level::Allow => true,
            Level::Severity(severity) => severity > usual,
            Level::Forbid => false,
        })
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

impl Suppress {
    /// Whether it accepts a finding whatever its object and its file are.
    pub(crate) fn is_open(&self) -> bool {
        accepts_all(self.object.as_ref()) && accepts_all(self.paths.as_ref())
    }
}

/// Names that no pattern for a certain object or directory matches.
const NAMES: [&str; 2] = ["qx7/wv3/zk9.j5", "zk9-j5"];

/// Whether patterns for objects or files match every one.
pub(crate) fn accepts_all(patterns: Option<&GlobSet>) -> bool {
    patterns.is_none_or(|patterns| NAMES.iter().all(|name| patterns.is_match(name)))
}

/// Whether a selector matches several rules.
pub(crate) fn is_broad(selector: &Selector) -> bool {
    selector.text.value == "ALL" || rulebook::find(&selector.text.value).is_none()
}
