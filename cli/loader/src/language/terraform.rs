//! Terraform plans and states as JSON: the same facts as from AWS, before the resources exist (docs/guide/inputs.md).
//!
//! A value that is known only after apply is predicted from names, read from the `.tf` files beside the plan, or a hole. Places are
//! in the `.tf` files if they are present; of a plan or state only the address of a resource is shown, never its text.

mod accounts;
mod attempt;
mod budget;
mod collections;
mod documents;
mod elements;
mod elsewhere;
mod eval;
mod expand;
mod files;
mod functions;
mod held;
mod kinds;
mod labels;
mod locals;
mod numbers;
mod objects;
mod oidc;
mod order;
mod outdated;
mod pairing;
mod parsed;
mod partial;
mod plan;
mod predict;
mod providers;
mod references;
mod resolve;
mod resources;
mod roots;
mod scope;
mod source;
mod stale;
mod strings;
mod tags;
mod templates;
mod truth;
mod types;
mod unknown;
mod variables;
mod versions;
mod yaml;

use crate::{
    adapt::{self, Batch},
    format::Format,
    language::kubernetes,
    loading::Loading,
    opened::{Opened, Wanted, report},
    path::within,
    setting::Setting,
    shown::{Understood, shown},
};
use accounts::Accounts;
use elsewhere::{homeless, placing};
use kinds::WORDS;
use plan::Plan;
use policy_engine::syntax::node::{Node, Value};
use resolve::Resolver;
pub(crate) use roots::{has_json_syntax, take, wait};
use source::{Sources, terraform_files};
use std::path::Path;

pub(crate) const PLAN: Format = Format {
    kind: kinds::PLAN,
    plural: "Terraform plans as JSON",
    is: |node| has_format(node) && node.get("planned_values").is_some(),
    read: Some(read),
};

pub(crate) const STATE: Format = Format {
    kind: kinds::STATE,
    plural: "Terraform states",
    is: |node| {
        let is_raw = node.get("terraform_version").is_some() && node.get("resources").is_some();
        is_raw && !has_format(node) || has_format(node) && node.get("values").is_some()
    },
    read: Some(read),
};

/// Recognised by its name; a plan takes places from it.
pub(crate) const SOURCE: Format = Format {
    kind: kinds::SOURCE,
    plural: "Terraform source",
    is: |_| false,
    read: None,
};

fn has_format(node: &Node) -> bool {
    node.get("format_version").is_some()
}

/// Takes the facts of a plan or state.
fn read(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let Some(node) = opened.documents.first() else {
        return;
    };
    if let Some((message, help)) = unfit(node) {
        report(
            loading,
            &opened.name,
            wanted.because,
            format!("`{}`: {message}", opened.name),
            Some(help),
        );
        return;
    }
    let plan = Plan::read(node);
    // The text holds values of secrets: only line ends are kept, and the addresses of resources.
    let source = loading.add_source(&opened.name, shown(&opened.text, &Understood::Not));
    let addresses = plan
        .resources
        .iter()
        .map(|resource| (resource.node.origin.span, resource.address.clone()));
    loading.hide(source, addresses.collect());
    let accounts = Accounts::new(&plan, loading, setting);
    let lost = homeless(&plan, &accounts);
    if let Some((resource, what)) = lost {
        if what == "account" {
            loading.without_account(&opened.name);
        }
        let message = format!(
            "`{}` does not contain the {what} of `{}`",
            opened.name, resource.address
        );
        let help = placing(what);
        if wanted.named || wanted.because.is_some() {
            report(loading, &opened.name, wanted.because, message, Some(help));
            return;
        }
        // A plan that the user did not name never ends the run. The source beside it may state the account.
        let unread = crate::unread::unplaced("Terraform plan", &message, help);
        let folder = opened.path.parent().unwrap_or(Path::new(""));
        if !terraform_files(folder).is_empty() {
            loading.unread_file(&opened.name, unread);
            return;
        }
        loading.unread_file(&format!("{} (resources)", opened.name), unread);
    }
    let mut others = loading.files.iter().filter(|file| file.name != opened.name);
    let is_further = others.any(|file| file.kind == Some(PLAN.kind));
    loading.read_file(&opened.name, opened.kind.unwrap_or(PLAN.kind));
    let sources = Sources::load(loading, &opened.path, &plan);
    let mut resolver = Resolver::new(&plan, &sources, accounts.clone());
    resolver.label = is_further.then(|| within(Path::new(&opened.name)));
    let declares = opened.kind == Some(PLAN.kind);
    let taken = resources::read(loading, &resolver, declares);
    adapt::take(
        &mut Batch::new(loading, setting, &WORDS, ""),
        &taken.resources,
    );
    elsewhere::take(loading, &resolver, &accounts, setting);
    elsewhere::name(loading, &plan, &accounts, &opened.name);
    partial::take(loading, node, &plan, &accounts, &opened.name);
    held::values(loading, &resolver, declares);
    oidc::name(loading, &resolver);
    sources.take_files(loading);
    kubernetes::take(loading, &taken.objects, "", setting);
    let stale = resolver.stale.take();
    if let Some((address, place)) = stale.or_else(|| outdated::missing(&resolver, declares)) {
        let shown = format!("{} ({address})", opened.name);
        let source = loading.sources.name(place.source).to_owned();
        loading.unread_file(&shown, crate::unread::stale(&source, declares));
    }
    if !resolver.budget.spend(0) {
        let message = format!(
            "`{}` exceeds the bounds of evaluation; its other values are unknown",
            opened.name
        );
        loading.note(message, None);
    }
}

/// A file that resembles a plan or state and cannot be read as one.
fn unfit(node: &Node) -> Option<(String, &'static str)> {
    let version = node.get("format_version").and_then(Node::scalar_text);
    if let Some(version) = version {
        let version = version.to_string();
        // Terraform writes 0.1 and 0.2 for the same shape.
        if !version.starts_with("1.") && !version.starts_with("0.") {
            let message = format!("this release does not read plans of the format `{version}`");
            return Some((message, "this release reads the formats 0 and 1"));
        }
    } else {
        let version = node.get("version").and_then(Node::scalar_text);
        if version.is_none_or(|version| version.known() != Some("4")) {
            let help =
                "write it again with Terraform 0.12 or newer, or save `terraform show -json`";
            return Some(("this release reads version 4 of the state".to_owned(), help));
        }
    }
    if matches!(
        node.get("errored").map(|node| &node.value),
        Some(Value::Bool(true))
    ) {
        let message = "this plan ended with an error and is incomplete".to_owned();
        return Some((
            message,
            "repair what `terraform plan` reports, and save it again",
        ));
    }
    let root = node
        .at(&["planned_values", "root_module"])
        .or_else(|| node.at(&["values", "root_module"]))
        .or_else(|| node.get("resources"));
    let fits = root.is_some_and(|root| matches!(root.value, Value::Map(_) | Value::List(_)));
    // An empty state has no `values`, an empty plan no `root_module`.
    let is_empty = node
        .get("values")
        .is_none_or(|values| values.as_map().is_some())
        && node
            .get("planned_values")
            .is_none_or(|values| values.as_map().is_some());
    (!fits && !is_empty).then(|| {
        let message = "neither `planned_values` nor `values` contains resources".to_owned();
        (message, "save it with `terraform show -json`")
    })
}
