//! Attributes of resources: known, read from the source, predicted, or followed along their references.

use super::{
    accounts::Accounts,
    budget::Budget,
    locals::Locals,
    pairing::{fits, pairs},
    plan::{Plan, Resource, bare, constant, steps},
    scope::Scope,
    source::{Declaration, Sources, names},
    stale::differs,
};
use crate::value::{graft, hole, moved, size, text};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// Everything that a reference can lead to.
pub(super) struct Resolver<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) sources: &'p Sources,
    pub(super) accounts: Accounts,
    pub(super) budget: Budget,
    /// Resources by module and `type.name` or `data.type.name`.
    pub(super) index: HashMap<(String, String), Vec<usize>>,
    /// Modules with their keys, by the path of what calls them and the name of the call.
    pub(super) modules: HashMap<(String, String), Vec<String>>,
    pub(super) locals: Locals,
    /// Attributes that are being looked up, so that a circle ends.
    open: RefCell<Vec<(usize, String)>>,
    /// Attributes that were looked up.
    attributes: RefCell<HashMap<(usize, String), Node>>,
    /// How many circles ended a look-up.
    circles: Cell<usize>,
    /// What belongs to the names of unknown values, where the run has several plans or root modules.
    pub(super) label: Option<String>,
    /// The first attribute of which plan and source have different values.
    pub(super) stale: RefCell<Option<(String, Origin)>>,
}

impl<'p> Resolver<'p> {
    pub(super) fn new(plan: &'p Plan<'p>, sources: &'p Sources, accounts: Accounts) -> Self {
        let mut index: HashMap<(String, String), Vec<usize>> = HashMap::new();
        let mut modules: HashMap<(String, String), Vec<String>> = HashMap::new();
        for (at, resource) in plan.resources.iter().enumerate() {
            let key = (resource.module.clone(), local_name(resource));
            index.entry(key).or_default().push(at);
            let mut path = resource.module.clone();
            while let Some((parent, call)) = split_last(&path) {
                let known = modules.entry((parent.clone(), call)).or_default();
                if !known.contains(&path) {
                    known.push(path);
                }
                path = parent;
            }
        }
        // What has no instance is known to have none.
        if let Some(declared) = &plan.declared {
            for block in &declared.blocks {
                index.entry(block.clone()).or_default();
            }
            for call in &declared.calls {
                modules.entry(call.clone()).or_default();
            }
            for path in &declared.modules {
                let Some(call) = split_last(path) else {
                    continue;
                };
                let known = modules.entry(call).or_default();
                if !known.contains(path) {
                    known.push(path.clone());
                }
            }
        }
        Self {
            plan,
            sources,
            accounts,
            budget: Budget::of(sources.allowance.clone()),
            index,
            modules,
            locals: Locals::default(),
            open: RefCell::default(),
            attributes: RefCell::default(),
            circles: Cell::default(),
            label: None,
            stale: RefCell::default(),
        }
    }

    pub(super) fn resource(&self, at: usize) -> Option<&'p Resource<'p>> {
        self.plan.resources.get(at)
    }

    /// The block of a resource in the source.
    pub(super) fn block(&self, resource: &Resource<'_>) -> Option<Declaration<'_>> {
        let kind = if resource.data { "data" } else { "resource" };
        let name = format!("{kind}.{}.{}", resource.kind, resource.name);
        self.sources.block(&bare(&resource.module), &name)
    }

    /// Where a resource is written: the head of its block, of the module that a registry holds, or the plan.
    pub(super) fn place(&self, resource: &Resource<'_>) -> Origin {
        let declaration = self
            .block(resource)
            .or_else(|| self.sources.call(&bare(&resource.module)));
        declaration.map_or(resource.node.origin, |declaration| {
            declaration.file.head(declaration.block)
        })
    }

    /// Where an attribute is written, or the resource.
    pub(super) fn place_of(&self, resource: &Resource<'_>, name: &str) -> Origin {
        let node = self.field(resource, name);
        node.map_or_else(|| self.place(resource), |node| node.origin)
    }

    /// What is known where a resource is written.
    fn scope<'s>(&'s self, resource: &Resource<'_>, declaration: &Declaration<'s>) -> Scope<'s> {
        let mut scope = Scope {
            module: resource.module.clone(),
            file: declaration.file,
            each: None,
            count: None,
            names: Vec::new(),
            in_template: false,
        };
        let Some(index) = &resource.index else {
            return scope;
        };
        let base = self.block(resource).unwrap_or(*declaration);
        let counts = base.block.body.has_attribute("count");
        if counts || matches!(index.value, Value::Number(_)) {
            scope.count = Some(index.clone());
            return scope;
        }
        let over = base.block.body.get_attribute("for_each");
        let of_base = Scope {
            file: base.file,
            ..scope.clone()
        };
        let value = over.and_then(|over| self.each_value(&self.eval(&over.value, &of_base), index));
        let name = format!("each.value of {}", resource.address);
        let value = value.unwrap_or_else(|| hole(&name, index.origin));
        scope.each = Some((index.clone(), value));
        scope
    }

    /// The value that `for_each` has for a key.
    pub(super) fn each_value(&self, over: &Node, key: &Node) -> Option<Node> {
        let key = key.as_str()?;
        match &over.value {
            Value::Map(members) => {
                let member = members.iter().find(|(name, _)| {
                    name.scalar_text().as_ref().and_then(|text| text.known()) == Some(key)
                });
                let (_, value) = member?;
                self.budget
                    .spend(crate::value::size(value))
                    .then(|| value.clone())
            }
            // Of a set the key is the value.
            Value::List(_) => Some(text(key, over.origin)),
            _ => None,
        }
    }

    /// An attribute as it is after the change: known, evaluated from the source, or followed along its references.
    ///
    /// `None` if it is not set; a hole if it cannot be known yet.
    pub(super) fn field(&self, resource: &Resource<'_>, name: &str) -> Option<Node> {
        if self.plan.declared.is_some() {
            return self.written(resource, name).filter(is_set);
        }
        let known = resource.values.get(name).filter(|node| !node.is_null());
        let unknown = resource.unknown.and_then(|node| node.get(name));
        let written = self.written(resource, name);
        let address = format!("{}.{name}", resource.address);
        if is_marked(resource.sensitive.and_then(|node| node.get(name)))
            || resource.secret.iter().any(|secret| secret == name)
        {
            let origin = written.map_or_else(|| self.place(resource), |node| node.origin);
            return Some(hole(&format!("{address}, which is sensitive"), origin));
        }
        let is_configured = resource
            .expressions
            .is_some_and(|node| node.get(name).is_some());
        let is_outdated = self.plan.outdated.contains(&(resource.kind.as_str(), name));
        if is_outdated && !is_configured && written.is_none() {
            let name = format!("{address}, which the plan changes by another resource");
            return Some(hole(&name, self.place(resource)));
        }
        if is_marked(unknown)
            && written.is_none()
            && let Some(expressions) = resource.expressions
        {
            // What the configuration does not set is computed by the provider.
            expressions.get(name)?;
        }
        let references = resource.expressions.and_then(|node| node.get(name));
        let filled = self.fill(&Filling {
            resource,
            known,
            unknown,
            written: written.as_ref(),
            references,
            name: &address,
        })?;
        Some(filled).filter(is_set)
    }

    /// The source's view of an attribute or of nested blocks.
    fn written(&self, resource: &Resource<'_>, name: &str) -> Option<Node> {
        let kind = if resource.data { "data" } else { "resource" };
        let block = format!("{kind}.{}.{}", resource.kind, resource.name);
        let declaration = self
            .sources
            .stating(&bare(&resource.module), &block, name)?;
        let scope = self.scope(resource, &declaration);
        if let Some(attribute) = declaration.block.body.get_attribute(name) {
            return Some(self.eval(&attribute.value, &scope));
        }
        let mut only = hcl_edit::structure::Body::new();
        for block in declaration
            .block
            .body
            .blocks()
            .filter(|block| names(block, name))
        {
            only.push(block.clone());
        }
        if only.is_empty() {
            return None;
        }
        let made = self.body(&only, &scope, declaration.file.head(declaration.block));
        made.get(name).cloned()
    }

    /// Puts together what is known, what is written, and holes.
    fn fill(&self, filling: &Filling<'_>) -> Option<Node> {
        let Filling {
            resource,
            known,
            unknown,
            written,
            references,
            name,
        } = *filling;
        if is_marked(unknown) {
            if let Some(written) = written.filter(|node| !node.is_null()) {
                return Some(written.clone());
            }
            let place = self.place(resource);
            return Some(
                references
                    .and_then(|references| self.referred(resource, references, place))
                    // An element is not all that its list refers to.
                    .filter(|node| node.as_list().is_none() || !name.ends_with(']'))
                    // A policy is more than a reference inside it, and a name or a tag may be.
                    .filter(|node| names_another(name) || node.as_map().is_some())
                    .unwrap_or_else(|| hole(name, place)),
            );
        }
        match (
            known.map(|node| &node.value),
            unknown.map(|node| &node.value),
        ) {
            (None, Some(_)) if !unknown.is_some_and(any_marked) => None,
            (None | Some(Value::Map(_)), Some(Value::Map(_))) => {
                let own = known.and_then(Node::as_map).unwrap_or_default();
                let keys = own.iter().map(|(key, _)| key);
                let more = unknown.and_then(Node::as_map).unwrap_or_default().iter();
                let more = more
                    .map(|(key, _)| key)
                    .filter(|key| own.iter().all(|(known, _)| known.as_str() != key.as_str()));
                let members = keys.chain(more).filter_map(|key| {
                    let member = key.as_str()?;
                    let entry = written.and_then(|node| node.entry(member));
                    let value = self.fill(&Filling {
                        resource,
                        known: known
                            .and_then(|node| node.get(member))
                            .filter(|node| !node.is_null()),
                        unknown: unknown.and_then(|node| node.get(member)),
                        written: entry.map(|(_, value)| value),
                        references: references.and_then(|node| node.get(member)),
                        name: &format!("{name}.{member}"),
                    })?;
                    let place = entry.map_or(value.origin, |(key, _)| key.origin);
                    Some((text(member, place), value))
                });
                let value = Value::Map(members.collect());
                let origin = self.origin(resource, written, known);
                Some(Node { value, origin })
            }
            (None | Some(Value::List(_)), Some(Value::List(marks))) => {
                let value = Value::List(self.fill_list(filling, marks));
                let origin = self.origin(resource, written, known);
                Some(Node { value, origin })
            }
            _ => {
                let known = known?;
                Some(match written {
                    Some(written) if differs(resource, name, known, written) => {
                        let address = resource.address.clone();
                        let place = self.place(resource);
                        self.stale.borrow_mut().get_or_insert((address, place));
                        moved(known, place)
                    }
                    Some(written) => graft(known, written),
                    None => match self
                        .block(resource)
                        .or_else(|| self.sources.call(&bare(&resource.module)))
                    {
                        Some(declaration) => moved(known, declaration.file.head(declaration.block)),
                        None => known.clone(),
                    },
                })
            }
        }
    }

    /// The elements of a list or set. What is written for one of a set is not written at its position.
    fn fill_list(&self, filling: &Filling<'_>, marks: &[Node]) -> Vec<Node> {
        let Filling {
            resource,
            known,
            references,
            name,
            ..
        } = *filling;
        let own = known.and_then(Node::as_list).unwrap_or_default();
        let is_known = |node: &&Node| !node.is_null();
        let own: Vec<Option<&Node>> = (0..own.len().max(marks.len()))
            .map(|at| own.get(at).filter(is_known))
            .collect();
        let places = match filling.written.and_then(Node::as_list) {
            Some(written) => partners(filling, &own, written),
            None => Vec::new(),
        };
        let blocks = references.and_then(Node::as_list);
        let described: Vec<Node> = blocks.unwrap_or_default().iter().map(stated).collect();
        let expressions = partners(filling, &own, &described);
        let items = own.iter().enumerate().filter_map(|(at, known)| {
            let name = format!("{name}[{at}]");
            let partner = places.get(at);
            let open = filling.written.map(|node| hole(&name, node.origin));
            let place = partner.and_then(|partner| *partner);
            let place = place.and_then(|at| filling.written?.as_list()?.get(at));
            self.fill(&Filling {
                resource,
                known: *known,
                unknown: marks.get(at),
                written: match partner {
                    Some(_) => place.or(open.as_ref()),
                    None => None,
                },
                references: match blocks {
                    Some(blocks) => expressions.get(at).and_then(|at| blocks.get((*at)?)),
                    None => references,
                },
                name: &name,
            })
        });
        items.collect()
    }

    fn origin(
        &self,
        resource: &Resource<'_>,
        written: Option<&Node>,
        known: Option<&Node>,
    ) -> Origin {
        written
            .or(known)
            .map_or_else(|| self.place(resource), |node| node.origin)
    }

    /// An attribute for whoever refers to it; what is not known is predicted, else a hole.
    pub(super) fn attribute(&self, at: usize, name: &str) -> Option<Node> {
        let resource = self.resource(at)?;
        let key = (at, name.to_owned());
        if let Some(value) = self.attributes.borrow().get(&key) {
            self.budget.spend(size(value));
            return Some(value.clone());
        }
        if self.open.borrow().contains(&key) {
            self.circles.set(self.circles.get() + 1);
            return None;
        }
        let circles = self.circles.get();
        self.open.borrow_mut().push(key.clone());
        let value = self.budget.deeper(|| {
            self.predict(resource, name)
                .or_else(|| self.field(resource, name))
        });
        self.open.borrow_mut().pop();
        let place = self.place(resource);
        let value = value
            .flatten()
            .unwrap_or_else(|| hole(&format!("{}.{name}", resource.address), place));
        // Within a circle a value depends on where the look-up began.
        if self.circles.get() == circles {
            self.attributes.borrow_mut().insert(key, value.clone());
        }
        Some(value)
    }

    /// Tags that the provider's configuration adds; a hole where they are not written out.
    pub(super) fn default_tags(&self, resource: &Resource<'_>) -> Option<Node> {
        if self.plan.declared.is_some() {
            return self.accounts.tags.get(&resource.provider).cloned();
        }
        let provider = self.plan.providers?.get(&resource.provider)?;
        let tags = provider.get("expressions")?.get("default_tags")?;
        let block = tags.as_list().and_then(<[Node]>::first).unwrap_or(tags);
        let place = self.place(resource);
        let constant = constant(block.get("tags")?);
        let unknown = || hole(&format!("default tags of {}", resource.provider), place);
        Some(constant.map_or_else(unknown, |tags| moved(tags, place)))
    }

    /// A text attribute without holes.
    pub(super) fn known(&self, resource: &Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.field(resource, name)?;
        let known = node.scalar_text()?.known()?.to_owned();
        Some(Spanned::new(known, node.origin))
    }
}

/// Whether a value is present; the empty list represents an absent block.
fn is_set(node: &Node) -> bool {
    let is_empty = matches!(&node.value, Value::List(items) if items.is_empty());
    !node.is_null() && !is_empty
}

/// One step of putting an attribute together.
#[derive(Clone, Copy)]
struct Filling<'f> {
    resource: &'f Resource<'f>,
    known: Option<&'f Node>,
    unknown: Option<&'f Node>,
    written: Option<&'f Node>,
    references: Option<&'f Node>,
    name: &'f str,
}

fn is_marked(node: Option<&Node>) -> bool {
    node.is_some_and(|node| matches!(node.value, Value::Bool(true)))
}

/// Whether an attribute names another resource, so that a reference in it is its whole value.
///
/// A plan states the attributes to which an unknown value refers, but not how they are combined.
fn names_another(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.split('[').next().unwrap_or(last);
    let is_id = ["arn", "arns", "_id", "_ids"]
        .iter()
        .any(|end| last.ends_with(end));
    is_id
        || matches!(
            last,
            "role"
                | "roles"
                | "role_name"
                | "cluster_name"
                | "policy_names"
                | "permissions_boundary"
                | "grantee_principal"
                | "principal"
        )
}

/// The partners of the elements of a plan in the source.
fn partners(filling: &Filling<'_>, own: &[Option<&Node>], written: &[Node]) -> Vec<Option<usize>> {
    let is_in_place = is_ordered(filling.resource, filling.name)
        && own.len() == written.len()
        && own
            .iter()
            .zip(written)
            .all(|(own, other)| fits(*own, other));
    if is_in_place {
        return (0..own.len()).map(Some).collect();
    }
    pairs(own, written)
}

/// Whether the elements of an attribute keep the order of the source. The AWS provider has sets almost everywhere.
fn is_ordered(resource: &Resource<'_>, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    !resource.kind.starts_with("aws_")
        || matches!(
            last,
            "statement" | "source_policy_documents" | "override_policy_documents"
        )
}

/// What the expressions of a block state without a reference; the rest is a hole.
fn stated(expressions: &Node) -> Node {
    let origin = expressions.origin;
    match &expressions.value {
        Value::Map(members)
            if constant(expressions).is_none() && expressions.get("references").is_none() =>
        {
            let members = members
                .iter()
                .map(|(key, value)| (key.clone(), stated(value)));
            Node {
                value: Value::Map(members.collect()),
                origin,
            }
        }
        Value::List(blocks) => Node {
            value: Value::List(blocks.iter().map(stated).collect()),
            origin,
        },
        _ => constant(expressions)
            .cloned()
            .unwrap_or_else(|| hole("", origin)),
    }
}

fn any_marked(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(any_marked),
        Value::Map(members) => members.iter().any(|(_, value)| any_marked(value)),
        value => matches!(value, Value::Bool(true)),
    }
}

fn local_name(resource: &Resource<'_>) -> String {
    let prefix = if resource.data { "data." } else { "" };
    format!("{prefix}{}.{}", resource.kind, resource.name)
}

/// The path of the module that calls one, keys included, and the name of the call.
pub(super) fn split_last(path: &str) -> Option<(String, String)> {
    let all = steps(path);
    let (last, before) = all.split_last()?;
    let mut parent = String::new();
    for (name, key) in before {
        if !parent.is_empty() {
            parent.push('.');
        }
        parent.push_str("module.");
        parent.push_str(name);
        match key {
            Some(key) if key.bytes().all(|byte| byte.is_ascii_digit()) => {
                parent.push_str(&format!("[{key}]"));
            }
            Some(key) => parent.push_str(&format!("[\"{key}\"]")),
            None => {}
        }
    }
    Some((parent, last.0.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_has_the_provider_of_its_caller() {
        assert_eq!(
            split_last("module.a[\"x\"].module.b[0]"),
            Some(("module.a[\"x\"]".to_owned(), "b".to_owned()))
        );
    }
}
