//! What every rule may look at.

use crate::{
    catalogue::Catalogue,
    document::{Document, list},
    finding::Draft,
    input::{Options, Settings},
    mount::cause::Causes,
    rule::Severity,
    world::{roles::Pods, stated::Stated},
};
use policy_engine::{
    inventory::Inventory, sighting::Sighting, simulator::Simulator, source::SourceMap,
    uncertainty::Uncertainties,
};

/// The world of one run, its documents, and the engine to ask.
pub(crate) struct Context<'a> {
    pub(crate) simulator: &'a Simulator<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) sources: &'a SourceMap,
    pub(crate) documents: Vec<Document<'a>>,
    pub(crate) pods: Pods<'a>,
    pub(crate) catalogue: &'a Catalogue,
    /// Whether what the catalogue does not know may well exist.
    pub(crate) is_catalogue_old: bool,
    /// The options of rules.
    pub(crate) settings: Settings,
    /// The uncertainties whose other branch is taken.
    pub(crate) other: Uncertainties,
    /// The rules that report causes.
    pub(crate) causes: &'a Causes,
    /// The promises, when there are some.
    pub(crate) promises: Option<Stated<'a>>,
    /// The world as it was.
    pub(crate) against: Option<&'a Simulator<'a>>,
    /// What reading noticed.
    pub(crate) sightings: &'a [Sighting],
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        simulator: &'a Simulator<'a>,
        sources: &'a SourceMap,
        options: &Options<'a>,
        causes: &'a Causes,
    ) -> Self {
        let inventory = simulator.inventory();
        Self {
            simulator,
            inventory,
            sources,
            documents: list::all(inventory),
            pods: Pods::new(inventory),
            catalogue: match options.catalogue {
                Some(catalogue) => catalogue,
                None => Catalogue::embedded(),
            },
            is_catalogue_old: options.is_catalogue_old,
            settings: options.settings.cloned().unwrap_or_default(),
            other: options.other,
            causes,
            promises: options
                .promises
                .map(|promises| Stated::new(promises, options)),
            against: options.against,
            sightings: options.sightings,
        }
    }

    /// A finding that rests on what the catalogue knows: says its date, and weighs less when that is long ago.
    pub(crate) fn dated(&self, draft: Draft) -> Draft {
        let date = self.catalogue.date();
        let draft = draft.note(format!("as of {date}, the date of the catalogue"));
        if self.is_catalogue_old {
            draft.severity(Severity::Medium)
        } else {
            draft
        }
    }
}
