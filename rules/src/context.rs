//! What every rule may look at.

use crate::document::{self, Document};
use policy_engine::{
    inventory::Inventory, simulator::Simulator, source::SourceMap, uncertainty::Uncertainties,
};

/// The world of one run, its documents, and the engine to ask.
pub(crate) struct Context<'a> {
    pub(crate) simulator: &'a Simulator<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) sources: &'a SourceMap,
    pub(crate) documents: Vec<Document<'a>>,
    /// The uncertainties whose other branch is taken.
    pub(crate) other: Uncertainties,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        simulator: &'a Simulator<'a>,
        sources: &'a SourceMap,
        other: Uncertainties,
    ) -> Self {
        let inventory = simulator.inventory();
        Self {
            simulator,
            inventory,
            sources,
            documents: document::all(inventory),
            other,
        }
    }
}
