//! `catalog`: the date of the service catalogue, and what it counts.

use super::{Trouble, deliver, json, json_line};
use crate::{
    args::{Catalog, Common, Format},
    exit::Exit,
};
use jiff::civil::Date;
use loader::shown_path;
use rules::catalogue::Catalogue;
use serde::Serialize;
use std::path::Path;

/// The largest catalogue.
const MAX_FILE: u64 = 256 * 1024 * 1024;
/// After so many days what a catalogue does not know may well exist.
const OLD: i32 = 90;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    schema: &'static str,
    date: String,
    days: Option<i32>,
    services: u32,
    actions: u32,
    resource_types: u32,
    keys: u32,
    global_keys: u32,
}

/// Tells about the embedded catalogue or another one.
pub fn run(arguments: &Catalog, common: &Common) -> Result<Exit, Trouble> {
    let other = arguments.catalogue.as_deref().map(read).transpose()?;
    let catalogue = other.as_ref().unwrap_or_else(|| Catalogue::embedded());
    let counts = catalogue.counts();
    let days = age(catalogue, super::check::today());
    let answer = Answer {
        schema: "ascp-policy/catalog/v1",
        date: catalogue.date().to_owned(),
        days,
        services: counts.services,
        actions: counts.actions,
        resource_types: counts.resource_types,
        keys: counts.keys,
        global_keys: counts.globals,
    };
    deliver(common, |format, _| match format {
        Format::Text => text(&answer),
        Format::Json => json(&answer),
        Format::Jsonl => json_line(&answer),
    })?;
    Ok(Exit::Yes)
}

fn text(answer: &Answer) -> String {
    let old = if answer.days.is_some_and(|days| days > OLD) {
        format!("; older than {OLD} days, so what it does not know weighs medium")
    } else {
        String::new()
    };
    format!(
        "service catalogue of {}{old}\n{:>7} services\n{:>7} actions\n{:>7} resource types\n{:>7} condition keys\n{:>7} global condition keys\n",
        crate::render::line(&answer.date),
        answer.services,
        answer.actions,
        answer.resource_types,
        answer.keys,
        answer.global_keys
    )
}

/// Reads a catalogue.
pub(crate) fn read(path: &Path) -> Result<Catalogue, Trouble> {
    let shown = shown_path(path);
    let trouble = |error: String| Trouble::new(format!("{shown}: {error}"), None);
    let size = std::fs::metadata(path)
        .map_err(|error| trouble(format!("cannot be read: {error}")))?
        .len();
    if size > MAX_FILE {
        return Err(trouble("larger than 256 MiB".to_owned()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| trouble(format!("cannot be read: {error}")))?;
    Catalogue::from_json(&text).map_err(|error| trouble(format!("not a catalogue: {error}")))
}

/// How many days ago a catalogue was made.
fn age(catalogue: &Catalogue, today: Date) -> Option<i32> {
    let date: Date = catalogue.date().get(..10)?.parse().ok()?;
    Some((today - date).get_days())
}

/// Whether a catalogue is so old that what it does not know may well exist.
pub(crate) fn is_old(catalogue: &Catalogue, today: Date) -> bool {
    age(catalogue, today).is_none_or(|days| days > OLD)
}
