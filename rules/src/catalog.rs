//! The service catalog: actions, resource types and condition keys of AWS services.
//!
//! The embedded catalog is a deflated block per service, which is decoded when the service is first needed. Its
//! source is `data/catalog.json.gz`; a test makes the blocks anew and compares.

mod forms;
mod pack;
mod service;
mod source;

pub use service::{Action, Counts, Key, Level, ResourceType, Service, ValueType};
pub use source::CatalogError;

pub(crate) use forms::{Form, wildcards};

use crate::text::letters::{Case, nearest_of};
use pack::Index;
use service::{compare, limit};
use std::{collections::HashMap, sync::OnceLock};

static EMBEDDED: &[u8] = include_bytes!("../data/catalog.bin");
/// More than the largest service holds when inflated.
const MAX_INFLATED: u64 = 4 * 1024 * 1024;

/// All services.
#[derive(Debug)]
pub struct Catalog {
    date: String,
    counts: Counts,
    globals: Vec<Key>,
    slots: Vec<Slot>,
    /// The resources of all services by the service that their ARNs name.
    arns: OnceLock<HashMap<String, Vec<String>>>,
}

#[derive(Debug)]
struct Slot {
    prefix: String,
    packed: &'static [u8],
    service: OnceLock<Option<Service>>,
}

impl Catalog {
    /// The catalog that is part of the program.
    pub fn embedded() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| {
            // Only a broken build has no index; a test checks it.
            let (index, blocks) = pack::index(EMBEDDED).unwrap_or_default();
            Self::over(index, blocks)
        })
    }

    /// Reads a catalog from JSON, as `data/catalog.json.gz` holds it when inflated.
    pub fn from_json(text: &str) -> Result<Self, CatalogError> {
        let (index, services) = source::read(text)?;
        let slots = services.into_iter().map(|service| Slot {
            prefix: service.prefix.clone(),
            packed: &[],
            service: OnceLock::from(Some(service)),
        });
        Ok(Self {
            date: index.date,
            counts: index.counts,
            globals: index.globals,
            slots: slots.collect(),
            arns: OnceLock::new(),
        })
    }

    fn over(index: Index, blocks: &'static [u8]) -> Self {
        let mut start = 0;
        let slots = index.services.into_iter().map(|(prefix, length)| {
            let end = start + length as usize;
            let packed = blocks.get(start..end).unwrap_or_default();
            start = end;
            Slot {
                prefix,
                packed,
                service: OnceLock::new(),
            }
        });
        Self {
            slots: slots.collect(),
            date: index.date,
            counts: index.counts,
            globals: index.globals,
            arns: OnceLock::new(),
        }
    }

    /// The date of its data, `2026-08-21`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Its size.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether the catalog is empty: then no name counts as unknown to AWS.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The prefixes of all services, sorted.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.prefix.as_str())
    }

    /// The service of a prefix, compared without case.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let at = self
            .slots
            .binary_search_by(|slot| compare(&slot.prefix, prefix))
            .ok()?;
        let slot = self.slots.get(at)?;
        let unpack = || pack::service(slot.packed, MAX_INFLATED);
        slot.service.get_or_init(unpack).as_ref()
    }

    /// The prefix that is nearest to a name that is no prefix.
    pub fn nearest_service(&self, prefix: &str) -> Option<&str> {
        nearest_of(prefix, self.prefixes(), limit(prefix), Case::Folded)
    }

    /// The action of `service:Name`, compared without case.
    pub fn action(&self, name: &str) -> Option<(&Service, &Action)> {
        let (prefix, name) = name.split_once(':')?;
        let service = self.service(prefix)?;
        Some((service, service.action(name)?))
    }

    /// The global key of a name, compared without case.
    pub fn global(&self, name: &str) -> Option<&Key> {
        self.globals.iter().find(|key| key.is(name))
    }

    /// All global keys.
    pub fn globals(&self) -> &[Key] {
        &self.globals
    }

    /// The last parts of all ARNs that name a service, whichever service's resource types they are.
    pub(crate) fn resources_named(&self, service: &str) -> &[String] {
        let all = self.arns.get_or_init(|| {
            let services = self.prefixes().filter_map(|prefix| self.service(prefix));
            let mut all: HashMap<String, Vec<String>> = HashMap::new();
            for resource in services.flat_map(|service| &service.resources) {
                let Some(rest) = resource.arn.strip_prefix("arn:${Partition}:") else {
                    continue;
                };
                if let Some((named, _)) = rest.split_once(':') {
                    let form = Form::of(&resource.arn);
                    let last = form.part(5).unwrap_or("").to_owned();
                    all.entry(named.to_owned()).or_default().push(last);
                }
            }
            all
        });
        all.get(service).map(Vec::as_slice).unwrap_or_default()
    }

    /// The key of a name, global or of its service.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.global(name).or_else(|| {
            let (prefix, _) = name.split_once(':')?;
            self.service(prefix)?.key(name)
        })
    }
}

/// Makes the embedded form of a catalog from its JSON.
#[doc(hidden)]
pub fn build(json: &str) -> Result<Vec<u8>, CatalogError> {
    let (index, services) = source::read(json)?;
    pack::build(index, &services).ok_or(CatalogError::TooLarge)
}
