//! What a run is given beside the world: its options, and those of the rules.

use crate::{
    catalogue::Catalogue,
    rule::{
        Rule,
        option::{RuleOption, Setting},
    },
};
use policy_engine::{
    inventory::promise::Promises, sighting::Sighting, simulator::Simulator,
    uncertainty::Uncertainties,
};

/// How to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The uncertainties whose other branch is taken.
    pub other: Uncertainties,
    /// Whether an answer that rests on an uncertainty is undecided.
    pub report_uncertain: bool,
    /// Codes of rules that are not asked; without a list, those that are off unless somebody selects them.
    pub off: Option<&'a [&'a str]>,
    /// The service catalogue, instead of the embedded one.
    pub catalogue: Option<&'a Catalogue>,
    /// The options of rules that are set.
    pub settings: Option<&'a Settings>,
    /// Whether the catalogue is so old that what it does not know may well exist.
    pub is_catalogue_old: bool,
    /// The promises that must hold.
    pub promises: Option<&'a Promises>,
    /// The world as it was, with which this one is compared.
    pub against: Option<&'a Simulator<'a>>,
    /// What reading noticed that no fact tells.
    pub sightings: &'a [Sighting],
}

/// The options that somebody has set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    set: Vec<(&'static str, &'static str, Setting)>,
}

impl Settings {
    /// Sets an option of a rule; a later value wins.
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

    pub(crate) fn patterns<'s>(&'s self, rule: &Rule, option: &'s RuleOption) -> &'s [String] {
        match self.get(rule, option) {
            Setting::Patterns(patterns) => patterns,
            Setting::Number(..) | Setting::Switch(_) => &[],
        }
    }
}
