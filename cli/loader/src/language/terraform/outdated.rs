//! Whether the source was changed after the plan or the state: the resources and their instances.

use super::{
    plan::{Resource, bare, list, split_module},
    references::plain,
    resolve::Resolver,
    source::Declaration,
};
use hcl_edit::structure::BlockLabel;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::collections::BTreeSet;

/// The most instances that are compared.
const MAX_KEYS: usize = 10_000;

/// A resource that the source has and the plan or state has not, or the reverse, with its place or that of its module.
pub(super) fn missing(resolver: &Resolver<'_>, declares: bool) -> Option<(String, Origin)> {
    let modules = resolver.sources.modules();
    let changed = modules.iter().find_map(|module| {
        let known = if declares {
            configured(resolver, module)?
        } else {
            stated(resolver, module)
        };
        let blocks = resolver.sources.blocks(module);
        let blocks = blocks.filter_map(|declaration| Some((name(&declaration)?, declaration)));
        let blocks: Vec<(String, Declaration<'_>)> = blocks.collect();
        let dot = if module.is_empty() { "" } else { "." };
        let address = |name: &str| format!("{module}{dot}{name}");
        let new = blocks.iter().find(|(name, declaration)| {
            let keys = keys(resolver, module, declaration);
            let is_none = keys.as_ref().is_some_and(BTreeSet::is_empty);
            let is_new = !known.contains(name) && (declares || !is_none);
            is_new
                || (module.is_empty() && keys.is_some_and(|keys| keys != planned(resolver, name)))
        });
        if let Some((name, declaration)) = new {
            return Some((address(name), declaration.file.head(declaration.block)));
        }
        let (_, first) = blocks.first()?;
        let is_whole = resolver.sources.is_whole(module);
        let mut gone = known.iter().filter(|_| is_whole);
        let gone = gone.find(|name| blocks.iter().all(|(own, _)| own != *name))?;
        Some((address(gone), first.file.head(first.block)))
    });
    changed.or_else(|| uncalled(resolver))
}

/// A module of which the plan or state has resources, and which the source no longer calls.
fn uncalled(resolver: &Resolver<'_>) -> Option<(String, Origin)> {
    let sources = resolver.sources;
    let managed = resolver.plan.resources.iter().filter(|own| !own.data);
    managed.into_iter().find_map(|resource| {
        let module = bare(&resource.module);
        let (caller, call) = split_module(&module)?;
        let is_called = sources.block(&caller, &format!("module.{call}")).is_some();
        if is_called || !sources.is_whole(&caller) {
            return None;
        }
        let first = sources.blocks(&caller).next()?;
        Some((module, first.file.head(first.block)))
    })
}

/// `type.name` of a block of a resource.
fn name(declaration: &Declaration<'_>) -> Option<String> {
    let block = declaration.block;
    let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
    match labels.as_slice() {
        [kind, name] if block.ident.as_str() == "resource" => Some(format!("{kind}.{name}")),
        _ => None,
    }
}

/// The resources of a module in the configuration of the plan; nothing where the plan has no configuration of it.
fn configured(resolver: &Resolver<'_>, module: &str) -> Option<BTreeSet<String>> {
    let resources = list(resolver.plan.configuration(module)?, "resources").iter();
    let managed = resources.filter(|resource| {
        let mode = resource.get("mode").and_then(Node::as_str);
        mode == Some("managed")
    });
    let names = managed.filter_map(|resource| Some(resource.get("address")?.as_str()?.to_owned()));
    Some(names.collect())
}

/// The resources of a module in the state.
fn stated(resolver: &Resolver<'_>, module: &str) -> BTreeSet<String> {
    let resources = resolver.plan.resources.iter();
    let own = resources.filter(|resource| !resource.data && bare(&resource.module) == module);
    own.map(|resource| format!("{}.{}", resource.kind, resource.name))
        .collect()
}

/// The keys of the instances of a resource that the source makes; nothing where they are unknown.
fn keys(
    resolver: &Resolver<'_>,
    module: &str,
    declaration: &Declaration<'_>,
) -> Option<BTreeSet<String>> {
    let scope = plain(module, declaration.file);
    let body = &declaration.block.body;
    if let Some(count) = body.get_attribute("count") {
        let count = resolver.eval(&count.value, &scope).scalar_text()?;
        let count: usize = count.known()?.parse().ok()?;
        return (count <= MAX_KEYS).then(|| (0..count).map(|at| at.to_string()).collect());
    }
    let Some(over) = body.get_attribute("for_each") else {
        return Some(BTreeSet::from([String::new()]));
    };
    let over = resolver.eval(&over.value, &scope);
    let known = |key: &Node| Some(key.scalar_text()?.known()?.to_owned());
    match &over.value {
        Value::Map(members) => members.iter().map(|(key, _)| known(key)).collect(),
        Value::List(items) => items.iter().map(known).collect(),
        _ => None,
    }
}

/// The keys of the instances of a resource of the root module in the plan or state.
fn planned(resolver: &Resolver<'_>, name: &str) -> BTreeSet<String> {
    let resources = resolver.plan.resources.iter();
    let own = resources.filter(|resource| {
        let of = format!("{}.{}", resource.kind, resource.name);
        !resource.data && resource.module.is_empty() && of == name
    });
    let key = |resource: &Resource<'_>| {
        let key = resource.index.as_ref().and_then(Node::scalar_text);
        key.map_or_else(String::new, |key| key.to_string())
    };
    own.map(key).collect()
}
