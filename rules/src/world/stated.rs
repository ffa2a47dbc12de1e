//! The promises of a run.

use crate::input::Options;
use policy_engine::{inventory::promise::Promises, simulator::promises::Terms};

/// Promises, with the terms on which they are decided.
#[derive(Clone, Copy)]
pub(crate) struct Stated<'a> {
    promises: &'a Promises,
    pub(crate) terms: Terms<'a>,
    /// Codes of rules that do not run.
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

    /// The promises that a pod can, or cannot, and those about readers.
    pub(crate) fn only(&self, can: bool) -> Promises {
        let pods = self.promises.pods.iter();
        Promises {
            pods: pods.filter(|promise| promise.can == can).cloned().collect(),
            readers: self.promises.readers.clone(),
        }
    }
}
