//! What every rule can read.

use crate::{
    catalog::Catalog,
    document::{
        Document, Owner, list,
        tags::{Tag, reading, tag},
    },
    finding::Draft,
    input::{Options, Settings},
    mount::cause::Causes,
    rule::Severity,
    world::{index::Index, keys, roles::Pods, stated::Stated},
};
use policy_engine::{
    inventory::Inventory, sighting::Sighting, simulator::Simulator, source::SourceMap,
    uncertainty::Uncertainties,
};
use std::{collections::HashSet, sync::OnceLock};

/// The world of a run, its documents, and the engine.
pub(crate) struct Context<'a> {
    pub(crate) simulator: &'a Simulator<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) sources: &'a SourceMap,
    pub(crate) documents: Vec<Document<'a>>,
    pub(crate) pods: Pods<'a>,
    pub(crate) index: Index<'a>,
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
    keys_of_values: OnceLock<Option<HashSet<String>>>,
    readers_by_tag: OnceLock<HashSet<&'a str>>,
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
            index: Index::new(inventory),
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
            keys_of_values: OnceLock::new(),
            readers_by_tag: OnceLock::new(),
        }
    }

    /// The ARNs of the keys that encrypt secrets and parameters, or the names of unknown keys; `None` if the key of an object is unknown.
    pub(crate) fn keys_of_values(&self) -> Option<&HashSet<String>> {
        let keys = self
            .keys_of_values
            .get_or_init(|| keys::of_values(self.inventory));
        keys.as_ref()
    }

    /// The ARNs of the roles whose policies compare tags of the objects that they read; an empty text for other policies.
    pub(crate) fn readers_by_tag(&self) -> &HashSet<&'a str> {
        self.readers_by_tag.get_or_init(|| {
            let by_tag = |document: &&Document<'_>| {
                let mut statements = reading(document);
                statements.any(|(own, _)| {
                    let mut tags = own.conditions.iter().filter_map(tag);
                    tags.any(|own| matches!(own, Tag::Resource(_)))
                })
            };
            let documents = self.documents.iter().filter(by_tag);
            let owners = documents.map(|document| match document.owner {
                Owner::Role(role) => role.arn.as_str(),
                _ => "",
            });
            owners.collect()
        })
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
