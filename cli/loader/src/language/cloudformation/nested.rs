//! Nested stacks: a template among the files that another template names is read with the parameters that this one gives,
//! and the other reads its outputs.
//!
//! AWS CloudFormation Template Reference, "AWS::CloudFormation::Stack".

use super::{
    evaluate::{Evaluator, Exports},
    template::members,
};
use crate::{path::clean, pending::Template, value::same};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::path::Path;

/// How many nested stacks one run has.
const MAX_STACKS: usize = 500;
/// How often outputs of nested stacks are passed on.
const MAX_ROUNDS: usize = 5;

/// A stack, and the stack that it is nested in.
struct Stack {
    template: Template,
    parent: Option<(usize, String)>,
}

/// The stack that gets values, the values, and whether these are its parameters.
type Passed = (usize, Vec<(String, Node)>, bool);

/// Templates with a copy for each nested stack, instead of those that stacks nest.
pub(super) fn nested(
    templates: Vec<Template>,
    exports: &Exports,
    owner: impl Fn(&Template) -> String,
) -> Vec<Template> {
    let targets: Vec<Vec<(String, usize)>> = templates
        .iter()
        .map(|template| stacks(template, &templates))
        .collect();
    if targets.iter().all(Vec::is_empty) {
        return templates;
    }
    let is_nested = |at: usize| targets.iter().flatten().any(|(_, target)| *target == at);
    let mut made: Vec<(Stack, usize)> = Vec::new();
    for (at, template) in templates.iter().enumerate() {
        if !is_nested(at) {
            let mut template = template.clone();
            template.nested = names(&targets, at);
            let parent = None;
            made.push((Stack { template, parent }, at));
        }
    }
    let mut next = 0;
    while let Some((stack, at)) = made.get(next) {
        let home = stack.template.home.clone();
        let children = targets.get(*at).cloned().unwrap_or_default();
        for (id, target) in children {
            let Some(template) = templates.get(target).filter(|_| made.len() < MAX_STACKS) else {
                continue;
            };
            let mut template = template.clone();
            template.home = home.clone();
            template.nested = names(&targets, target);
            template.file = format!("{} in {id}", template.file);
            let parent = Some((next, id));
            made.push((Stack { template, parent }, target));
        }
        next += 1;
    }
    let mut stacks: Vec<Stack> = made.into_iter().map(|(stack, _)| stack).collect();
    for _ in 0..MAX_ROUNDS {
        if !pass(&mut stacks, exports, &owner) {
            break;
        }
    }
    tags(&mut stacks, exports, &owner);
    conditions(&mut stacks, exports, &owner);
    stacks.into_iter().map(|stack| stack.template).collect()
}

fn names(targets: &[Vec<(String, usize)>], at: usize) -> Vec<String> {
    let of_template = targets.get(at).into_iter().flatten();
    of_template.map(|(id, _)| id.clone()).collect()
}

/// Gives each nested stack the tags that its parent states for it, and those of the parent.
fn tags(stacks: &mut [Stack], exports: &Exports, owner: &dyn Fn(&Template) -> String) {
    for at in 0..stacks.len() {
        let Some((parent, id)) = stacks.get(at).and_then(|stack| stack.parent.clone()) else {
            continue;
        };
        let Some(outer) = stacks.get(parent) else {
            continue;
        };
        let evaluator = Evaluator::new(&outer.template, owner(&outer.template), exports);
        let written = evaluator.resource(&id);
        let stated = written.and_then(|node| evaluator.property(node, "Tags"));
        let mut tags: Vec<(Node, Node)> = match stated.as_ref().map(|node| (&node.value, node)) {
            Some((Value::List(items), _)) => items.iter().map(tag).collect(),
            Some((_, unknown)) => vec![(unknown.clone(), unknown.clone())],
            None => Vec::new(),
        };
        tags.extend(outer.template.tags.iter().cloned());
        if let Some(stack) = stacks.get_mut(at) {
            stack.template.tags = tags;
        }
    }
}

/// The key and the value of a tag; of an unknown tag both are unknown.
fn tag(item: &Node) -> (Node, Node) {
    let part = |name: &str| item.get(name).unwrap_or(item).clone();
    (part("Key"), part("Value"))
}

/// Leaves open what a stack makes that may not be made, and drops what is not made.
fn conditions(stacks: &mut Vec<Stack>, exports: &Exports, owner: &dyn Fn(&Template) -> String) {
    let mut gone = vec![false; stacks.len()];
    for at in 0..stacks.len() {
        let Some((parent, id)) = stacks.get(at).and_then(|stack| stack.parent.clone()) else {
            continue;
        };
        let Some(outer) = stacks.get(parent) else {
            continue;
        };
        let evaluator = Evaluator::new(&outer.template, owner(&outer.template), exports);
        let condition = evaluator.resource(&id);
        let condition = condition.and_then(|node| node.get("Condition")?.as_str());
        let (open, is_gone) = match condition.map(|name| (name, evaluator.condition(name))) {
            Some((_, Some(false))) => (None, true),
            Some((name, None)) => (Some(format!("the condition {name}")), false),
            _ => (outer.template.open.clone(), false),
        };
        let is_gone = is_gone || gone.get(parent).copied() == Some(true);
        if let Some(stack) = stacks.get_mut(at) {
            stack.template.open = stack.template.open.take().or(open);
        }
        if let Some(gone) = gone.get_mut(at) {
            *gone = is_gone;
        }
    }
    let mut gone = gone.into_iter();
    stacks.retain(|_| gone.next() != Some(true));
}

/// The nested stacks of a template whose templates are among the files.
fn stacks(template: &Template, templates: &[Template]) -> Vec<(String, usize)> {
    let all = members(&template.root, "Resources");
    let nested = all.filter(|(_, node)| is_stack(node));
    let targets = nested.filter_map(|(id, node)| {
        let url = node.at(&["Properties", "TemplateURL"])?.as_str()?;
        Some((id.to_owned(), target(template, url, templates)?))
    });
    targets.collect()
}

/// Whether a resource is a nested stack.
pub(super) fn is_stack(node: &Node) -> bool {
    node.get("Type").and_then(Node::as_str) == Some("AWS::CloudFormation::Stack")
}

/// What is said of nested stacks whose templates are at URLs: those of the run are taken for them by their names alone.
pub(super) fn assumed(templates: &[Template]) -> Vec<(String, Origin)> {
    let mut notes = Vec::new();
    for template in templates {
        for (id, at) in stacks(template, templates) {
            let url = template
                .root
                .at(&["Resources", &id, "Properties", "TemplateURL"]);
            let url = url.filter(|url| url.as_str().is_some_and(is_elsewhere));
            if let (Some(url), Some(taken)) = (url, templates.get(at)) {
                let message = format!(
                    "the nested stack `{id}` has its template at a URL: `{}` is taken for it, because it has the same file name",
                    taken.name
                );
                notes.push((message, url.origin));
            }
        }
    }
    notes
}

fn is_elsewhere(url: &str) -> bool {
    url.contains("://")
}

/// The template of a path; that of a URL, if one template alone has the name.
fn target(template: &Template, url: &str, templates: &[Template]) -> Option<usize> {
    let is_other = |other: &Template| other.path != template.path;
    if !is_elsewhere(url) {
        let folder = template.path.parent().unwrap_or(Path::new(""));
        let wanted = clean(&folder.join(url));
        let is_wanted = |other: &Template| clean(&other.path) == wanted && is_other(other);
        return templates.iter().position(is_wanted);
    }
    let file = url.rsplit('/').next()?;
    let is_wanted = |other: &Template| {
        other.path.file_name().is_some_and(|name| name == file) && is_other(other)
    };
    let mut matches = templates.iter().enumerate();
    let mut matches = matches.by_ref().filter(|(_, other)| is_wanted(other));
    let (at, _) = matches.next()?;
    matches.next().is_none().then_some(at)
}

/// Gives each nested stack its parameters, and each stack the outputs of those in it; whether something changed.
fn pass(stacks: &mut [Stack], exports: &Exports, owner: &dyn Fn(&Template) -> String) -> bool {
    let mut passed: Vec<Passed> = Vec::new();
    for (at, stack) in stacks.iter().enumerate() {
        let Some((parent, id)) = &stack.parent else {
            continue;
        };
        let Some(outer) = stacks.get(*parent) else {
            continue;
        };
        let evaluator = Evaluator::new(&outer.template, owner(&outer.template), exports);
        passed.push((at, parameters(&evaluator, id), true));
        let evaluator = Evaluator::new(&stack.template, owner(&stack.template), exports);
        passed.push((*parent, outputs(&evaluator, &stack.template, id), false));
    }
    let mut is_changed = false;
    for (at, values, is_given) in passed {
        let Some(stack) = stacks.get_mut(at) else {
            continue;
        };
        let template = &mut stack.template;
        let known = if is_given {
            &mut template.values
        } else {
            &mut template.outputs
        };
        for (name, value) in values {
            match known.iter_mut().find(|(other, _)| *other == name) {
                Some((_, before)) if same(before, &value) => {}
                Some((_, before)) => {
                    *before = value;
                    is_changed = true;
                }
                None => {
                    known.push((name, value));
                    is_changed = true;
                }
            }
        }
    }
    is_changed
}

/// The parameters of a nested stack; one that may not be given is unknown.
fn parameters(evaluator: &Evaluator<'_>, id: &str) -> Vec<(String, Node)> {
    let Some(written) = evaluator.resource(id) else {
        return Vec::new();
    };
    let given = written.at(&["Properties", "Parameters"]);
    let given = given.and_then(Node::as_map).into_iter().flatten();
    given
        .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), evaluator.eval(value)?)))
        .collect()
}

/// The outputs of a nested stack, by the attribute that reads them.
fn outputs(evaluator: &Evaluator<'_>, template: &Template, id: &str) -> Vec<(String, Node)> {
    let all = members(&template.root, "Outputs");
    let values = all.filter_map(|(name, output)| {
        let value = evaluator.eval(output.get("Value")?)?;
        Some((format!("{id}.Outputs.{name}"), value))
    });
    values.collect()
}
