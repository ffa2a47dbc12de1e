//! The catalog as JSON.

use super::{
    pack::Index,
    service::{Action, Counts, Derived, Key, Level, ResourceType, Service, ValueType},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a catalog cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// It is not JSON of the right form.
    #[error("the catalog cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// This version does not know its format.
    #[error("the catalog has format {0}, and this version reads format 1")]
    Format(u32),
    /// A value type or level that this version does not know.
    #[error("`{0}` is neither an access level nor a value type")]
    Word(String),
    /// More than an embedded catalog can hold.
    #[error("the catalog is too large")]
    TooLarge,
}

#[derive(Deserialize)]
struct Document {
    format: u32,
    generated_from: BTreeMap<String, String>,
    globals: BTreeMap<String, Global>,
    services: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Global {
    category: String,
    #[serde(rename = "type")]
    value: String,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    rcp: bool,
    #[serde(default)]
    actions: BTreeMap<String, ActionEntry>,
    #[serde(default)]
    resources: BTreeMap<String, ResourceEntry>,
    #[serde(default)]
    keys: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct ActionEntry {
    level: String,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    dependents: Vec<String>,
}

#[derive(Deserialize)]
struct ResourceEntry {
    arn: String,
    #[serde(default)]
    keys: Vec<String>,
}

/// The index without lengths of blocks, and the services by their prefixes.
pub(super) fn read(text: &str) -> Result<(Index, Vec<Service>), CatalogError> {
    let document: Document = serde_json::from_str(text)?;
    if document.format != 1 {
        return Err(CatalogError::Format(document.format));
    }
    let globals = document.globals.into_iter().map(|(name, global)| {
        let mut key = key(name, &global.value)?;
        key.category = global.category;
        Ok(key)
    });
    let globals = globals.collect::<Result<Vec<_>, CatalogError>>()?;
    let mut services = document
        .services
        .into_iter()
        .map(|(prefix, entry)| service(&prefix, entry))
        .collect::<Result<Vec<_>, _>>()?;
    services.sort_by(|service, other| service.prefix.cmp(&other.prefix));
    let sum = |count: fn(&Service) -> usize| to_u32(services.iter().map(count).sum());
    let counts = Counts {
        services: to_u32(services.len()),
        actions: sum(|service| service.actions.len()),
        resource_types: sum(|service| service.resources.len()),
        keys: sum(|service| {
            let keys = service.keys.iter();
            keys.filter(|key| !is_global(&key.name)).count()
        }),
        globals: to_u32(globals.len()),
    };
    let index = Index {
        date: date(document.generated_from.values()),
        counts,
        globals,
        services: Vec::new(),
    };
    Ok((index, services))
}

fn is_global(name: &str) -> bool {
    name.starts_with("aws:")
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The date behind `data of` in the description of the data's source.
fn date<'s>(sources: impl Iterator<Item = &'s String>) -> String {
    let mut dates = sources.filter_map(|text| text.split_once("data of ")?.1.get(..10));
    dates.next().unwrap_or_default().to_owned()
}

fn service(prefix: &str, entry: Entry) -> Result<Service, CatalogError> {
    let mut actions = entry
        .actions
        .into_iter()
        .map(|(name, action)| {
            Ok(Action {
                name,
                level: level(&action.level)?,
                resources: action.resources.iter().map(|name| required(name)).collect(),
                keys: action.keys,
                dependents: action.dependents,
            })
        })
        .collect::<Result<Vec<_>, CatalogError>>()?;
    actions.sort_by_key(|action| action.name.to_ascii_lowercase());
    let resources = entry.resources.into_iter();
    let resources = resources.map(|(name, resource)| ResourceType {
        name,
        arn: resource.arn,
        keys: resource.keys,
    });
    let keys = entry.keys.into_iter();
    Ok(Service {
        prefix: prefix.to_ascii_lowercase(),
        name: entry.name,
        rcp: entry.rcp,
        actions,
        resources: resources.collect(),
        keys: keys
            .map(|(name, value)| key(name, &value))
            .collect::<Result<_, _>>()?,
        derived: Derived::default(),
    })
}

/// `Secret*` is a type that is always needed.
fn required(name: &str) -> (String, bool) {
    match name.strip_suffix('*') {
        Some(name) => (name.to_owned(), true),
        None => (name.to_owned(), false),
    }
}

fn key(name: String, value: &str) -> Result<Key, CatalogError> {
    let (value, many) = match value.strip_suffix("[]") {
        Some(value) => (value, true),
        None => (value, false),
    };
    let value = match value {
        "string" => ValueType::String,
        "arn" => ValueType::Arn,
        "bool" => ValueType::Bool,
        "numeric" => ValueType::Numeric,
        "date" => ValueType::Date,
        "ip" => ValueType::Ip,
        other => return Err(CatalogError::Word(other.to_owned())),
    };
    Ok(Key {
        name,
        value,
        many,
        category: String::new(),
    })
}

fn level(word: &str) -> Result<Level, CatalogError> {
    Ok(match word {
        "list" => Level::List,
        "read" => Level::Read,
        "write" => Level::Write,
        "permissions" => Level::Permissions,
        "tagging" => Level::Tagging,
        other => return Err(CatalogError::Word(other.to_owned())),
    })
}
