//! Promises, and how they are asked.

use crate::input::Options;
use policy_engine::{inventory::promise::Promises, simulator::promises::Terms};

/// The promises of a run.
#[derive(Clone, Copy)]
pub(crate) struct Stated<'a> {
    promises: &'a Promises,
    pub(crate) terms: Terms<'a>,
    /// Codes of rules that nobody asks.
    pub(crate) off: &'a [&'a str],
}

impl<'a> Stated<'a> {
    pub(crate) fn new(promises: &'a Promises, options: &Options<'a>) -> Self {
        Self {
            promises,
            terms: Terms {
                given: &[],
                other: options.other,
                report_uncertain: options.report_uncertain,
            },
            off: options.off.unwrap_or_default(),
        }
    }

    /// Those about what a pod can, or cannot, and about readers.
    pub(crate) fn only(&self, can: bool) -> Promises {
        let pods = self.promises.pods.iter();
        Promises {
            pods: pods.filter(|one| one.can == can).cloned().collect(),
            readers: self.promises.readers.clone(),
        }
    }
}
