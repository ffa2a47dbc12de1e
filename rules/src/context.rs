//! What every rule can read.

use crate::{
    catalog::Catalog,
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

/// The world of a run, its documents, and the engine.
pub(crate) struct Context<'a> {
    pub(crate) simulator: &'a Simulator<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) sources: &'a SourceMap,
    pub(crate) documents: Vec<Document<'a>>,
    pub(crate) pods: Pods<'a>,
    pub(crate) catalog: &'a Catalog,
    /// Whether the catalog is so old that it can lack what exists.
    pub(crate) is_catalog_old: bool,
    /// The options of rules.
    pub(crate) settings: Settings,
    /// The uncertainties for which the other branch holds.
    pub(crate) other: Uncertainties,
    /// The rules that report causes.
    pub(crate) causes: &'a Causes,
    /// The promises, if the run has some.
    pub(crate) promises: Option<Stated<'a>>,
    /// The earlier world, for a comparison.
    pub(crate) against: Option<&'a Simulator<'a>>,
    /// The observations of the readers.
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
            catalog: match options.catalog {
                Some(catalog) => catalog,
                None => Catalog::embedded(),
            },
            is_catalog_old: options.is_catalog_old,
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

    /// Adds the date of the catalog to a draft that depends on it; with an old catalog the draft is less severe.
    pub(crate) fn dated(&self, draft: Draft) -> Draft {
        let date = self.catalog.date();
        let draft = draft.note(format!("as of {date}, the date of the catalog"));
        if self.is_catalog_old {
            draft.severity(Severity::Medium)
        } else {
            draft
        }
    }
}
