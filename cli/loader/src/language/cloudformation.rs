//! CloudFormation templates, CDK's included: the same facts as from AWS, before the resources exist (docs/guide/inputs.md).
//!
//! Functions are evaluated as far as the template, the include and other templates of the run allow; an unknown part is a
//! hole. Users do not read the text of a CDK template: its places are shown as the paths of constructs.

mod assembly;
mod conditions;
mod evaluate;
mod foreach;
mod nested;
mod objects;
mod opaque;
mod parts;
mod predict;
mod resources;
mod template;
mod texts;

pub(crate) use assembly::FORMAT as ASSEMBLY;

use crate::{
    adapt::{self, Batch, Words},
    arns::partition,
    format::Format,
    implicit,
    keep::keep,
    kind::Kind,
    loaded::Annotation,
    loading::Loading,
    opened::{Opened, Wanted},
    path::within,
    pending::Template,
    setting::Setting,
    unread,
    value::hole,
};
use evaluate::{Evaluator, Exports};
use parts::same;
use policy_engine::{
    source::{Span, Spanned},
    syntax::node::Node,
};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};
use template::{members, repeated};

const WORDS: Words = Words {
    before: "the stack is made",
    remedy: "",
    describes: "which nothing describes",
};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::new("cloudformation", "a CloudFormation template"),
    plural: "CloudFormation templates",
    is: |node| {
        let is_typed = |resources: &Node| {
            let mut members = resources.as_map().into_iter().flatten();
            members.any(|(_, member)| member.get("Type").is_some())
        };
        node.get("AWSTemplateFormatVersion").is_some()
            || node.get("Resources").is_some_and(is_typed)
    },
    read: Some(read),
};

/// Keeps the templates of a file until all are known.
pub(crate) fn read(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let words = implicit::templates(&opened.documents);
    loading.sightings.extend(words);
    let source = keep(loading, opened);
    loading.read_file(&opened.name, FORMAT.kind);
    let file = opened.path.file_name().and_then(|name| name.to_str());
    let mut constructs: Vec<(Span, String)> = Vec::new();
    for root in &opened.documents {
        if root.get("Resources").is_none() {
            continue;
        }
        if let Some(id) = repeated(root, "Resources") {
            let message = "two resources have this logical id; the last one is read: remove one";
            let place = loading.sources.place(id.origin);
            let place = place.map_or_else(|| opened.name.clone(), |place| place.to_string());
            loading.unread_file(&place, unread::broken(message.to_owned()));
        }
        for (_, resource) in members(root, "Resources") {
            let path = resource.at(&["Metadata", "aws:cdk:path"]);
            if let Some(path) = path.and_then(Node::as_str) {
                constructs.push((resource.origin.span, path.to_owned()));
            }
            exceptions(loading, resource);
        }
        loading.templates.push(Template {
            file: file.unwrap_or(&opened.name).to_owned(),
            name: opened.name.clone(),
            path: opened.path.clone(),
            root: root.clone(),
            home: setting.home(),
            stack: None,
            values: setting.values.clone(),
            is_named: wanted.named || wanted.because.is_some(),
            nested: Vec::new(),
            outputs: Vec::new(),
            tags: Vec::new(),
            allowance: loading.allowance.clone(),
            open: opaque::macro_of(root).map(|_| "the macro of the template".to_owned()),
        });
    }
    if !constructs.is_empty() {
        loading.hide(source, constructs);
    }
}

/// Takes the facts of all templates that were read since the last time.
pub(crate) fn take(loading: &mut Loading) {
    let assembled = std::mem::take(&mut loading.assembled);
    let mut templates = std::mem::take(&mut loading.templates);
    for template in &mut templates {
        let Some(assembly) = assembled
            .iter()
            .find(|assembly| assembly.path == template.path)
        else {
            continue;
        };
        template.home.account = assembly.account.clone().or(template.home.account.take());
        template.home.region = assembly.region.clone().or(template.home.region.take());
        let stated = template.home.partition.as_str();
        template.home.partition = partition(template.home.region.as_deref(), Some(stated));
        template.stack.clone_from(&assembly.stack);
        template.tags.clone_from(&assembly.tags);
    }
    distinguish(&mut templates);
    let before = exports(loading, &templates);
    for (message, origin) in nested::assumed(&templates) {
        loading.note(message, Some(origin));
    }
    let mut templates = nested::nested(templates, &before, |template| owner(loading, template));
    for template in &mut templates {
        if foreach::is_looped(&template.root) {
            let evaluator = Evaluator::new(template, owner(loading, template), &before);
            template.root = foreach::expanded(&evaluator, &template.root);
        }
    }
    let exports = exports(loading, &templates);
    untagged(loading, &templates);
    for template in &templates {
        let owner = owner(loading, template);
        let evaluator = Evaluator::new(template, owner, &exports);
        let resources = resources::read(loading, &evaluator, template);
        opaque::take(loading, &evaluator, template);
        let setting = Setting::default();
        adapt::take(&mut Batch::new(loading, &setting, &WORDS, ""), &resources);
        objects::take(loading, &evaluator, template);
        for (message, help, origin) in evaluator.refused.take() {
            if template.is_named {
                loading.problem(message, help.as_deref(), origin);
            } else {
                // A template that the user did not name never ends the run; its other resources are read.
                let how = help.map_or(message.clone(), |help| format!("{message}; {help}"));
                let place = loading.sources.place(origin);
                let place = place.map_or_else(|| template.name.clone(), |place| place.to_string());
                loading.unread_file(&place, unread::broken(how));
            }
        }
        if evaluator.is_spent() {
            let message = format!(
                "`{}` exceeds the bounds of evaluation; its other values are unknown",
                template.name
            );
            loading.note(message, None);
        }
    }
}

/// Says that tags of a deployment are in no template. Those of a nested stack, or of an assembly of CDK, are known.
///
/// AWS CLI Command Reference, "deploy", `--tags`.
fn untagged(loading: &mut Loading, templates: &[Template]) {
    let has_secret = |template: &&Template| {
        let mut resources = members(&template.root, "Resources");
        resources.any(|(_, node)| {
            node.get("Type").and_then(Node::as_str) == Some("AWS::SecretsManager::Secret")
        })
    };
    let of_files = templates.iter().filter(|template| template.tags.is_empty());
    if let Some(template) = of_files.into_iter().find(has_secret) {
        let message = format!(
            "tags that a deployment gives to a stack (`aws cloudformation deploy --tags`) are in no template: secrets of `{}` count without them",
            template.name
        );
        loading.note(message, None);
    }
}

/// Names templates of one file name by their folders as well: they are different stacks.
fn distinguish(templates: &mut [Template]) {
    let mut paths: HashMap<String, HashSet<PathBuf>> = HashMap::new();
    for template in templates.iter() {
        let of_name = paths.entry(template.file.clone()).or_default();
        of_name.insert(template.path.clone());
    }
    for template in templates {
        if paths
            .get(&template.file)
            .is_some_and(|paths| paths.len() > 1)
        {
            template.file = within(Path::new(&template.name));
        }
    }
}

/// What the user calls the account of a template.
fn owner(loading: &Loading, template: &Template) -> String {
    let id = template.home.account.as_deref().unwrap_or_default();
    loading
        .account(id)
        .map_or_else(|| id.to_owned(), |account| account.name.clone())
}

/// The outputs that templates export; what rests on the exports of another is a hole.
fn exports(loading: &Loading, templates: &[Template]) -> Exports {
    let none = Exports::new();
    let mut exports = Exports::new();
    for template in templates {
        let evaluator = Evaluator::new(template, owner(loading, template), &none);
        for (_, output) in members(&template.root, "Outputs") {
            let name = output.at(&["Export", "Name"]);
            let name = name.and_then(|name| evaluator.eval(name)?.as_str().map(str::to_owned));
            let value = output.get("Value").and_then(|value| evaluator.eval(value));
            if let (Some(name), Some(value)) = (name, value) {
                let home = &template.home;
                let key = (home.account.clone(), home.region.clone(), name);
                let other = exports.get(&key);
                let differs = other.is_some_and(|other| same(other, &value) != Some(true));
                let value = if differs {
                    let name = format!("the export {}, which several templates have", key.2);
                    hole(&name, value.origin)
                } else {
                    value
                };
                exports.insert(key, value);
            }
        }
    }
    exports
}

/// `Metadata: {ascp-policy: {ignore: [{code, reason, until}]}}` of a resource.
fn exceptions(loading: &mut Loading, resource: &Node) {
    let listed = resource.at(&["Metadata", "ascp-policy", "ignore"]);
    for entry in listed.and_then(Node::as_list).unwrap_or_default() {
        let code = entry.get("code").unwrap_or(entry);
        let Some(text) = code.as_str() else {
            let help = "ignore: [{code: TAG101, reason: …}]";
            loading.problem("an exception needs a `code`", Some(help), entry.origin);
            continue;
        };
        let word = |name: &str| {
            let text = entry.get(name).and_then(Node::scalar_text);
            text.and_then(|text| text.known().map(str::to_owned))
        };
        let mut reason = word("reason").unwrap_or_default();
        if let Some(until) = word("until") {
            reason = format!("{reason}, until {until}");
        }
        loading.annotations.push(Annotation {
            code: Spanned::new(text.to_owned(), code.origin),
            reason,
            object: resource.origin,
        });
    }
}
