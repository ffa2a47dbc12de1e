//! The input of a run beside the world: its options, and the options of rules.

use crate::{
    catalog::Catalog,
    rule::{
        Rule,
        option::{RuleOption, Setting},
    },
};
use policy_engine::{
    inventory::promise::Promises, sighting::Sighting, simulator::Simulator,
    uncertainty::Uncertainties,
};

/// The options of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The uncertainties for which the other branch holds.
    pub other: Uncertainties,
    /// Whether an answer that depends on an uncertainty is undecided.
    pub report_uncertain: bool,
    /// Codes of the rules that do not run; without a list, the rules that run only if they are selected.
    pub off: Option<&'a [&'a str]>,
    /// A service catalog instead of the embedded catalog.
    pub catalog: Option<&'a Catalog>,
    /// The options of rules.
    pub settings: Option<&'a Settings>,
    /// Whether the catalog is so old that it can lack what exists.
    pub is_catalog_old: bool,
    /// The promises to check.
    pub promises: Option<&'a Promises>,
    /// The earlier world, for a comparison.
    pub against: Option<&'a Simulator<'a>>,
    /// The observations of the readers.
    pub sightings: &'a [Sighting],
}

/// The options of rules that have a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    set: Vec<(&'static str, &'static str, Setting)>,
}

impl Settings {
    /// Sets an option of a rule; the last value counts.
    pub fn set(&mut self, rule: &'static Rule, option: &'static RuleOption, value: Setting) {
        self.set
            .retain(|(code, name, _)| (*code, *name) != (rule.code, option.name));
        self.set.push((rule.code, option.name, value));
    }

    fn get<'s>(&'s self, rule: &Rule, option: &'s RuleOption) -> &'s Setting {
        let mut set = self.set.iter();
        let own = set.find(|(code, name, _)| (*code, *name) == (rule.code, option.name));
        own.map_or(&option.default, |(_, _, value)| value)
    }

    pub(crate) fn number(&self, rule: &Rule, option: &RuleOption) -> usize {
        match self.get(rule, option) {
            Setting::Number(number, _) => *number as usize,
            Setting::Switch(_) | Setting::Patterns(_) => 0,
        }
    }

    pub(crate) fn is_on(&self, rule: &Rule, option: &RuleOption) -> bool {
        *self.get(rule, option) == Setting::Switch(true)
    }

    /// The options of a rule whose patterns contain everything: `trusted-admins = ["*"]`.
    pub fn open_options<'s>(&'s self, rule: &'s Rule) -> impl Iterator<Item = &'static str> + 's {
        let options = rule.options.iter().copied();
        let is_open = |option: &&'static RuleOption| {
            let mut patterns = self.patterns(rule, option).iter();
            patterns.any(|pattern| !pattern.is_empty() && pattern.bytes().all(|own| own == b'*'))
        };
        options.filter(is_open).map(|option| option.name)
    }

    pub(crate) fn patterns<'s>(&'s self, rule: &Rule, option: &'s RuleOption) -> &'s [String] {
        match self.get(rule, option) {
            Setting::Patterns(patterns) => patterns,
            Setting::Number(..) | Setting::Switch(_) => &[],
        }
    }
}
