//! The resources that source without a plan describes: each block once, or once per element of `count` and `for_each`.
//!
//! Terraform documentation, "The count Meta-Argument" and "The for_each Meta-Argument".

use super::{
    accounts::Accounts,
    plan::{Declared, Plan, Resource, address, bare},
    providers,
    references::plain,
    resolve::Resolver,
    source::{Declaration, Sources},
};
use crate::{
    hcl::File,
    value::{hole, hole_name, same, text},
};
use hcl_edit::structure::{Block, BlockLabel};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::{collections::BTreeMap, sync::Arc};

/// How often the instances are counted anew: a count may depend on resources that another count makes.
const MAX_ROUNDS: usize = 12;
/// The most instances of one block.
const MAX_INSTANCES: usize = 10_000;
/// The most resources of one root module.
const MAX_RESOURCES: usize = 100_000;

/// A resource of source has no values: all come from its block.
static NOTHING: Node = Node {
    value: Value::Map(Vec::new()),
    origin: Origin::NOWHERE,
};

/// Values of variables from outside of the `.tf` files, in the order in which later ones win.
#[derive(Default)]
pub(super) struct Given {
    pub(super) files: Vec<Arc<File>>,
    /// Members of JSON files, and how many of the other files come before each.
    pub(super) values: Vec<(usize, Vec<(Node, Node)>)>,
    pub(super) last: Vec<(String, Node)>,
    /// Files that a run may name.
    pub(super) alternatives: Vec<(String, Arc<File>)>,
}

/// The instances that a block has.
enum Instances {
    /// One, without a key.
    Single,
    /// One for each key.
    Each(Vec<Node>),
    /// The number of instances is unknown, for this reason.
    Open(String),
}

/// The plan that the source amounts to.
pub(super) fn plan(sources: &Sources, outside: &Accounts, given: Given) -> Plan<'static> {
    let mut plan = empty(BTreeMap::new());
    let variables = {
        let resolver = Resolver::new(&plan, sources, outside.clone());
        variables(&resolver, given)
    };
    plan = empty(variables);
    let mut is_stable = false;
    for _ in 0..MAX_ROUNDS {
        let next = {
            let resolver = Resolver::new(&plan, sources, outside.clone());
            let accounts = providers::accounts(&resolver, outside);
            let resolver = Resolver::new(&plan, sources, accounts);
            round(&resolver)
        };
        is_stable = next.resources.len() == plan.resources.len()
            && next
                .resources
                .iter()
                .zip(&plan.resources)
                .all(|(next, before)| {
                    next.address == before.address && next.region == before.region
                });
        let Some(declared) = plan.declared.take() else {
            break;
        };
        plan = next;
        if let Some(next) = &mut plan.declared {
            next.variables = declared.variables;
        }
        if is_stable {
            break;
        }
    }
    if let Some(declared) = &mut plan.declared {
        declared.is_cut |= !is_stable;
    }
    plan
}

fn empty(variables: BTreeMap<String, Node>) -> Plan<'static> {
    Plan {
        resources: Vec::new(),
        root: None,
        providers: None,
        variables: None,
        outdated: Vec::new(),
        declared: Some(Declared {
            variables,
            ..Declared::default()
        }),
    }
}

fn variables(resolver: &Resolver<'_>, given: Given) -> BTreeMap<String, Node> {
    let mut variables = BTreeMap::new();
    let mut values = given.values.into_iter().peekable();
    for at in 0..=given.files.len() {
        while let Some((_, members)) = values.next_if(|(before, _)| *before == at) {
            for (key, value) in members {
                if let Some(key) = key.as_str() {
                    variables.insert(key.to_owned(), value);
                }
            }
        }
        let Some(file) = given.files.get(at) else {
            continue;
        };
        for attribute in file.body.attributes() {
            let value = resolver.eval(&attribute.value, &plain("", &file.source));
            variables.insert(attribute.key.as_str().to_owned(), value);
        }
    }
    alternatives(resolver, &given.alternatives, &mut variables);
    variables.extend(given.last);
    variables
}

/// The values of variables in files that a run may name: the value, where all files have the same; else it is unknown.
///
/// Terraform documentation, "Input Variables", "Variable Definitions (.tfvars) Files": such files are named with `-var-file`.
fn alternatives(
    resolver: &Resolver<'_>,
    files: &[(String, Arc<File>)],
    variables: &mut BTreeMap<String, Node>,
) {
    let mut values: BTreeMap<String, Vec<(&str, Node)>> = BTreeMap::new();
    for (name, file) in files {
        for attribute in file.body.attributes() {
            let value = resolver.eval(&attribute.value, &plain("", &file.source));
            let of_variable = values.entry(attribute.key.as_str().to_owned()).or_default();
            of_variable.push((name, value));
        }
    }
    for (variable, values) in values {
        let Some(((first, value), others)) = values.split_first() else {
            continue;
        };
        let other = others.iter().find(|(_, other)| !same(other, value));
        // A run that names none of the files has the value of the files that every run reads, or the default.
        let read = variables.get(&variable).cloned();
        let without = read.or_else(|| resolver.variable("", &variable, value.origin));
        let differs = without.is_some_and(|without| {
            let typed = resolver.as_variable("", &variable, value.clone());
            !same(&without, value) && !same(&without, &typed)
        });
        let value = match other {
            None if differs => {
                let name = format!("var.{variable}, which {first} sets if a run names it");
                hole(&name, value.origin)
            }
            None if values.len() == files.len() => value.clone(),
            None => hole(&format!("var.{variable}, which {first} sets"), value.origin),
            Some((second, _)) => {
                let name = format!("var.{variable}, which differs between {first} and {second}");
                hole(&name, value.origin)
            }
        };
        variables.insert(variable, value);
    }
}

/// Counts all instances with what is known of the round before.
fn round(resolver: &Resolver<'_>) -> Plan<'static> {
    let mut plan = empty(BTreeMap::new());
    if let Some(declared) = &mut plan.declared {
        let mut round = Round {
            resolver,
            resources: &mut plan.resources,
            declared,
        };
        round.module("", None);
    }
    plan
}

struct Round<'r> {
    resolver: &'r Resolver<'r>,
    resources: &'r mut Vec<Resource<'static>>,
    declared: &'r mut Declared,
}

impl Round<'_> {
    /// Adds the resources of an instance of a module and of those that it calls.
    fn module(&mut self, path: &str, open: Option<&str>) {
        let blocks: Vec<_> = self.resolver.sources.blocks(&bare(path)).collect();
        for declaration in blocks {
            let mut labels = declaration.block.labels.iter().map(BlockLabel::as_str);
            match (
                declaration.block.ident.as_str(),
                labels.next(),
                labels.next(),
            ) {
                (mode @ ("resource" | "data"), Some(kind), Some(name)) => {
                    self.resource(path, open, &declaration, (mode == "data", kind, name));
                }
                ("module", Some(call), None) => self.call(path, open, &declaration, call),
                _ => {}
            }
        }
    }

    fn call(&mut self, path: &str, open: Option<&str>, declaration: &Declaration<'_>, call: &str) {
        let dot = if path.is_empty() { "" } else { "." };
        let called = format!("{path}{dot}module.{call}");
        if !self.resolver.sources.contains(&bare(&called)) {
            return;
        }
        self.declared.calls.push((path.to_owned(), call.to_owned()));
        match self.instances(path, declaration, &called) {
            Instances::Single => self.instance(called, open),
            Instances::Each(keys) => {
                for key in keys {
                    let key = key_of(&key);
                    self.instance(format!("{called}{key}"), open);
                }
            }
            Instances::Open(why) => self.instance(format!("{called}[\"<{why}>\"]"), Some(&why)),
        }
    }

    fn instance(&mut self, path: String, open: Option<&str>) {
        if self.resources.len() < MAX_RESOURCES {
            self.module(&path, open);
        } else {
            self.declared.is_cut = true;
        }
        self.declared.modules.push(path);
    }

    fn resource(
        &mut self,
        path: &str,
        open: Option<&str>,
        declaration: &Declaration<'_>,
        (data, kind, name): (bool, &str, &str),
    ) {
        let mode = if data { "data." } else { "" };
        let local = format!("{mode}{kind}.{name}");
        self.declared.blocks.push((path.to_owned(), local));
        let address = |index: Option<&Node>| address(path, data, kind, name, index);
        let instances = match self.instances(path, declaration, &address(None)) {
            Instances::Single => vec![(None, open.map(str::to_owned))],
            Instances::Each(keys) => {
                let keys = keys.into_iter();
                keys.map(|key| (Some(key), open.map(str::to_owned)))
                    .collect()
            }
            Instances::Open(why) => {
                let key = hole(
                    &format!("each.key of {}", address(None)),
                    declaration.file.head(declaration.block),
                );
                vec![(Some(key), Some(why))]
            }
        };
        for (index, open) in instances {
            if self.resources.len() >= MAX_RESOURCES {
                self.declared.is_cut = true;
                return;
            }
            let mut resource = Resource {
                address: address(index.as_ref()),
                module: path.to_owned(),
                data,
                kind: kind.to_owned(),
                name: name.to_owned(),
                index,
                values: &NOTHING,
                unknown: None,
                sensitive: None,
                secret: Vec::new(),
                provider: provider(self.resolver.sources, path, declaration.block, kind),
                node: &NOTHING,
                expressions: None,
                open,
                region: None,
            };
            if declaration.block.body.has_attribute("region") {
                let region = self.resolver.known(&resource, "region");
                resource.region = region.map(|region| region.value);
            }
            self.resources.push(resource);
        }
    }

    /// How often a block counts.
    fn instances(&self, path: &str, declaration: &Declaration<'_>, address: &str) -> Instances {
        let scope = plain(path, declaration.file);
        let body = &declaration.block.body;
        if let Some(count) = body.get_attribute("count") {
            let value = self.resolver.eval(&count.value, &scope);
            let count = value.scalar_text();
            let count = count.as_ref().and_then(|text| text.known());
            return match count.and_then(|count| count.parse::<usize>().ok()) {
                Some(count) if count <= MAX_INSTANCES => Instances::Each(
                    (0..count)
                        .map(|at| Node {
                            value: Value::Number(at.to_string()),
                            origin: value.origin,
                        })
                        .collect(),
                ),
                _ => Instances::Open(format!("count of {address}")),
            };
        }
        let Some(over) = body.get_attribute("for_each") else {
            return Instances::Single;
        };
        let over = self.resolver.eval(&over.value, &scope);
        let keys: Option<Vec<Node>> = match &over.value {
            Value::Map(members) => members.iter().map(|(key, _)| known(key)).collect(),
            Value::List(items) => items.iter().map(known).collect(),
            _ => None,
        };
        match keys {
            Some(keys) if keys.len() <= MAX_INSTANCES => Instances::Each(keys),
            _ => Instances::Open(format!("for_each of {address}")),
        }
    }
}

/// A key without a hole.
fn known(key: &Node) -> Option<Node> {
    let name = key.scalar_text()?;
    let name = name.known()?.to_owned();
    hole_name(key).is_none().then(|| text(name, key.origin))
}

/// A key as it is written in an address.
fn key_of(key: &Node) -> String {
    match &key.value {
        Value::Number(number) => format!("[{number}]"),
        _ => format!("[\"{}\"]", key.as_str().unwrap_or("")),
    }
}

/// The provider configuration of a block: `aws`, `aws.vault`, or that of the module, `module.app:aws`.
///
/// Terraform documentation, "Providers Within Modules": a module inherits the configurations without an alias, and gets
/// the others from `providers` of its call.
fn provider(sources: &Sources, module: &str, block: &Block, kind: &str) -> String {
    let written = block.body.get_attribute("provider");
    let written = written.map(|attribute| attribute.value.to_string());
    let local = written
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let local = local.unwrap_or_else(|| kind.split('_').next().unwrap_or(kind));
    configured(sources, &bare(module), local.trim_matches('"'))
}

fn configured(sources: &Sources, module: &str, local: &str) -> String {
    if module.is_empty() {
        return local.to_owned();
    }
    if sources
        .block(module, &format!("provider.{local}"))
        .is_some()
    {
        return format!("{module}:{local}");
    }
    let Some((parent, call)) = super::plan::split_module(module) else {
        return local.to_owned();
    };
    let passed = sources
        .block(&parent, &format!("module.{call}"))
        .and_then(|declaration| {
            let providers = declaration
                .block
                .body
                .get_attribute("providers")?
                .value
                .as_object()?;
            providers.iter().find_map(|(key, value)| {
                let key = match key {
                    hcl_edit::expr::ObjectKey::Ident(name) => name.as_str().to_owned(),
                    hcl_edit::expr::ObjectKey::Expression(key) => key.to_string().trim().to_owned(),
                };
                (key == local).then(|| value.expr().to_string().trim().to_owned())
            })
        });
    match passed {
        Some(passed) => configured(sources, &parent, &passed),
        None => configured(sources, &parent, local),
    }
}
