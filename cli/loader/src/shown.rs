//! Decides which parts of a text may be shown: only parts that a reader understands and that are no value of a secret.
//!
//! Names, ARNs, kinds, policies and the fields of a class stay; every other scalar and every comment is blanked, so that a
//! password is hidden whatever its name is. Every text of every source goes through [`shown`], which alone makes a [`Shown`].

mod attributes;
mod configuration;
mod hcl;
mod kubernetes;
mod outside;
mod part;
mod policy;
mod template;
mod tokens;
mod world;

use crate::{kind::Kind, problem::Problem};
use hcl_edit::structure::Body;
use part::Parts;
use policy_engine::{
    source::{Origin, Shown, SourceMap},
    syntax::node::Node,
};

pub use outside::EXCEPTION;

/// How a text was understood.
pub enum Understood<'a> {
    /// Not at all, or it holds values of secrets between all else: nothing of it is shown.
    Not,
    /// As documents of a kind.
    Documents(Option<Kind>, &'a [Node]),
    /// As Terraform source.
    Terraform(&'a Body),
    /// As the configuration of this program.
    Configuration(&'a Node),
    /// As requests.
    Requests(&'a Node),
    /// As a policy that is no valid JSON.
    BrokenPolicy,
}

/// What of a text may be shown.
pub fn shown(text: &str, understood: &Understood<'_>) -> Shown {
    let mut parts = Parts::default();
    let syntax = match understood {
        Understood::Not => return Shown::only(text, Vec::new()),
        Understood::Documents(kind, documents) => {
            for document in *documents {
                of_document(*kind, document, &mut parts);
            }
            &outside::YAML
        }
        Understood::Terraform(body) => {
            hcl::body(text, body, &mut parts);
            &outside::HCL
        }
        Understood::Configuration(node) => {
            part::walk(node, &configuration::CONFIGURATION, &mut parts);
            &outside::YAML
        }
        Understood::Requests(node) => {
            part::walk(node, &configuration::REQUESTS, &mut parts);
            &outside::YAML
        }
        Understood::BrokenPolicy => {
            tokens::policy(text, 0, &mut parts);
            &outside::YAML
        }
    };
    Shown::only(text, parts.kept(text, syntax))
}

/// Whether a text that is no valid JSON is a policy and nothing else; only of such a text the line of the mistake is shown.
pub(crate) fn is_broken_policy(text: &str) -> bool {
    tokens::policy(text, 0, &mut Parts::default())
}

/// A message about text that cannot be parsed, without the text: it may be a part of a value.
fn without_quotation(message: &str) -> String {
    let message = message.split(": found").next().unwrap_or_default();
    let message = match message.split_once("found `") {
        Some((before, rest)) => match rest.rsplit_once("`, ") {
            Some((_, after)) => format!("{before}{after}"),
            None => before.to_owned(),
        },
        None => message.to_owned(),
    };
    match message.split_once(": `") {
        Some((before, _)) => before.to_owned(),
        None => message,
    }
}

/// A mistake in a text that was not understood: the text as far as it may be shown with the place in it, or the place in words.
pub fn broken(
    name: &str,
    text: &str,
    (message, help, origin): (&str, Option<&str>, Origin),
) -> (SourceMap, Problem) {
    let mut sources = SourceMap::default();
    let is_policy = is_broken_policy(text);
    let understood = if is_policy {
        Understood::BrokenPolicy
    } else {
        Understood::Not
    };
    sources.add(name, shown(text, &understood));
    let help = help.map(str::to_owned);
    if is_policy {
        let problem = Problem {
            message: message.to_owned(),
            help,
            labels: vec![(origin, String::new())],
            file: None,
        };
        return (sources, problem);
    }
    let position = sources.position(origin);
    let place = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
    let problem = Problem {
        message: format!("`{name}{place}`: {}", without_quotation(message)),
        help,
        labels: Vec::new(),
        file: Some(name.to_owned()),
    };
    (sources, problem)
}

fn of_document(kind: Option<Kind>, document: &Node, parts: &mut Parts) {
    if kind == Some(Kind::WORLD) {
        world::document(document, parts);
    } else if document.get("apiVersion").is_some() && document.get("kind").is_some() {
        kubernetes::object(document, parts);
    } else if policy::is_document(document) {
        policy::document(document, parts);
    } else if document.get("Resources").is_some() {
        template::document(document, parts);
    } else if kind == Some(Kind::AWS) {
        attributes::walk(document, parts);
    } else {
        part::unknown(document, parts);
    }
}
