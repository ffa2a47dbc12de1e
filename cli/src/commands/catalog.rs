//! `catalog`: prints the date and the size of the service catalog.

use super::{Trouble, deliver, json, json_line};
use crate::{
    args::{self, Common, Format},
    catalog::{OLD, age, read},
    clock::today,
    exit::Exit,
};
use rules::catalog::Catalog;
use serde::Serialize;

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

/// Prints the date and the size of the built-in catalog or of a file.
pub fn run(arguments: &args::Catalog, common: &Common) -> Result<Exit, Trouble> {
    let other = arguments.catalog.as_deref().map(read).transpose()?;
    let catalog = other.as_ref().unwrap_or_else(|| Catalog::embedded());
    let counts = catalog.counts();
    let days = age(catalog, today());
    let answer = Answer {
        schema: "ascp-policy/catalog/v1",
        date: catalog.date().to_owned(),
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
        format!("; older than {OLD} days, so findings about unknown names are medium")
    } else {
        String::new()
    };
    format!(
        "service catalog of {}{old}\n{:>7} services\n{:>7} actions\n{:>7} resource types\n{:>7} condition keys\n{:>7} global condition keys\n",
        crate::render::line(&answer.date),
        answer.services,
        answer.actions,
        answer.resource_types,
        answer.keys,
        answer.global_keys
    )
}
