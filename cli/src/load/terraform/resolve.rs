//! Looks things up: attributes of resources, known or predicted, variables, local values and outputs.

use super::{
    accounts::Accounts,
    eval::{Budget, Scope},
    plan::{Plan, Resource, bare, split_module, steps},
    source::{Found, SourceFile, Sources},
    value::{graft, hole, hole_name, moved, text},
};
use hcl_edit::expr::TraversalOperator;
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use std::{cell::RefCell, collections::HashMap};

/// Everything that a reference can lead to.
pub(super) struct Resolver<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) sources: &'p Sources,
    pub(super) accounts: Accounts,
    pub(super) budget: Budget,
    /// Resources by module and `type.name` or `data.type.name`.
    index: HashMap<(String, String), Vec<usize>>,
    /// Modules with their keys, by the path of what calls them and the name of the call.
    modules: HashMap<(String, String), Vec<String>>,
    /// Attributes that are being looked up, so that a circle ends.
    open: RefCell<Vec<(usize, String)>>,
}

/// What a reference has led to so far.
pub(super) enum Got {
    Value(Node),
    /// One resource.
    One(usize),
    /// All instances of a resource.
    Many(Vec<usize>),
    /// Instances of a module, by their paths.
    Modules(Vec<String>),
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
        Self {
            plan,
            sources,
            accounts,
            budget: Budget::default(),
            index,
            modules,
            open: RefCell::default(),
        }
    }

    pub(super) fn resource(&self, at: usize) -> Option<&'p Resource<'p>> {
        self.plan.resources.get(at)
    }

    /// The block of a resource in the source.
    pub(super) fn block(&self, resource: &Resource<'_>) -> Option<Found<'_>> {
        let kind = if resource.data { "data" } else { "resource" };
        let name = format!("{kind}.{}.{}", resource.kind, resource.name);
        self.sources.block(&bare(&resource.module), &name)
    }

    /// Where a resource is written: the head of its block, of the module that a registry holds, or the plan.
    pub(super) fn place(&self, resource: &Resource<'_>) -> Origin {
        let found = self
            .block(resource)
            .or_else(|| self.sources.call(&bare(&resource.module)));
        found.map_or(resource.node.origin, |found| found.file.head(found.block))
    }

    /// What is known where a resource is written.
    fn scope<'s>(&'s self, resource: &Resource<'_>, found: &Found<'s>) -> Scope<'s> {
        let mut scope = Scope {
            module: resource.module.clone(),
            file: found.file,
            each: None,
            count: None,
            names: Vec::new(),
        };
        let Some(index) = &resource.index else {
            return scope;
        };
        if matches!(index.value, Value::Number(_)) {
            scope.count = Some(index.clone());
            return scope;
        }
        let over = found.block.body.get_attribute("for_each");
        let value = over.and_then(|over| self.each_value(&self.eval(&over.value, &scope), index));
        let name = format!("each.value of {}", resource.address);
        let value = value.unwrap_or_else(|| hole(&name, index.origin));
        scope.each = Some((index.clone(), value));
        scope
    }

    /// The value that `for_each` has for a key.
    fn each_value(&self, over: &Node, key: &Node) -> Option<Node> {
        let key = key.as_str()?;
        match &over.value {
            Value::Map(members) => {
                let found = members.iter().find(|(name, _)| {
                    name.scalar_text().as_ref().and_then(|text| text.known()) == Some(key)
                });
                let (_, value) = found?;
                self.budget
                    .spend(super::value::size(value))
                    .then(|| value.clone())
            }
            // Of a set the key is the value.
            Value::List(_) => Some(text(key, over.origin)),
            _ => None,
        }
    }

    /// An attribute as it is after the change: known, evaluated from the source, or followed along its references.
    ///
    /// Nothing when it is not set; a hole when nobody can know it yet.
    pub(super) fn field(&self, resource: &Resource<'_>, name: &str) -> Option<Node> {
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
        if is_marked(unknown) && written.is_none() {
            // What the configuration does not set is computed by the provider.
            resource.expressions?.get(name)?;
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
        // The empty list stands for a block that is not there.
        let is_empty = matches!(&filled.value, Value::List(items) if items.is_empty());
        Some(filled).filter(|node| !node.is_null() && !is_empty)
    }

    /// The source's view of an attribute or of nested blocks.
    fn written(&self, resource: &Resource<'_>, name: &str) -> Option<Node> {
        let found = self.block(resource)?;
        let scope = self.scope(resource, &found);
        if let Some(attribute) = found.block.body.get_attribute(name) {
            return Some(self.eval(&attribute.value, &scope));
        }
        let mut only = hcl_edit::structure::Body::new();
        for block in found.block.body.blocks() {
            let is_dynamic = block.ident.as_str() == "dynamic"
                && block
                    .labels
                    .first()
                    .is_some_and(|label| label.as_str() == name);
            if block.ident.as_str() == name || is_dynamic {
                only.push(block.clone());
            }
        }
        if only.is_empty() {
            return None;
        }
        let made = self.body(&only, &scope, found.file.head(found.block));
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
                    // A policy is more than a reference inside it.
                    .filter(|node| !is_policy(name) || node.as_map().is_some())
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
                let own = known.and_then(Node::as_list).unwrap_or_default();
                let items = (0..own.len().max(marks.len())).filter_map(|at| {
                    let partner = written.and_then(Node::as_list);
                    self.fill(&Filling {
                        resource,
                        known: own.get(at).filter(|node| !node.is_null()),
                        unknown: marks.get(at),
                        written: partner.and_then(|items| items.get(at).or_else(|| items.last())),
                        references: references.map(|node| {
                            node.as_list()
                                .and_then(|items| items.get(at))
                                .unwrap_or(node)
                        }),
                        name: &format!("{name}[{at}]"),
                    })
                });
                let value = Value::List(items.collect());
                let origin = self.origin(resource, written, known);
                Some(Node { value, origin })
            }
            _ => {
                let known = known?;
                Some(match written {
                    Some(written) => graft(known, written),
                    None => match self
                        .block(resource)
                        .or_else(|| self.sources.call(&bare(&resource.module)))
                    {
                        Some(found) => moved(known, found.file.head(found.block)),
                        None => known.clone(),
                    },
                })
            }
        }
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
        if self.open.borrow().contains(&key) {
            return None;
        }
        self.open.borrow_mut().push(key);
        let found = self.budget.deeper(|| {
            self.predict(resource, name)
                .or_else(|| self.field(resource, name))
        });
        self.open.borrow_mut().pop();
        let place = self.place(resource);
        Some(
            found
                .flatten()
                .unwrap_or_else(|| hole(&format!("{}.{name}", resource.address), place)),
        )
    }

    /// The first reference that leads to a value; of several whole ones, their list.
    fn referred(&self, resource: &Resource<'_>, expression: &Node, place: Origin) -> Option<Node> {
        if let Some(constant) = expression.get("constant_value") {
            return Some(moved(constant, place));
        }
        let references: Vec<&str> = super::plan::list(expression, "references")
            .iter()
            .filter_map(Node::as_str)
            .collect();
        let mut found: Vec<Node> = Vec::new();
        let mut last = "";
        for reference in references {
            // The general form of a reference follows the special one.
            if last.starts_with(&format!("{reference}."))
                || last.starts_with(&format!("{reference}["))
            {
                continue;
            }
            if matches!(
                reference,
                "each.key" | "each.value" | "count.index" | "each" | "count"
            ) {
                continue;
            }
            last = reference;
            let node = self
                .budget
                .deeper(|| {
                    self.reference(&resource.module, reference, resource.index.as_ref(), place)
                })
                .flatten()?;
            found.push(moved(&node, node.origin));
        }
        match found.len() {
            0 => None,
            1 => found.pop(),
            _ => Some(Node {
                value: Value::List(found),
                origin: place,
            }),
        }
    }

    /// A reference as the configuration of a plan spells it.
    fn reference(
        &self,
        module: &str,
        reference: &str,
        key: Option<&Node>,
        place: Origin,
    ) -> Option<Node> {
        let parts = split(reference);
        let part = |at: usize| parts.get(at).map(String::as_str);
        let got = match part(0)? {
            "var" => return self.variable(module, part(1)?, place),
            "module" => {
                let paths = self
                    .modules
                    .get(&(module.to_owned(), part(1)?.to_owned()))?;
                let path = match (paths.as_slice(), key) {
                    ([only], _) => only,
                    (paths, Some(key)) => paths.iter().find(|path| ends_with_key(path, key))?,
                    _ => return None,
                };
                return self.output(path, part(2)?, place);
            }
            "local" | "path" | "terraform" | "self" => return None,
            _ => self.instances(module, &parts)?,
        };
        let used = if part(0)? == "data" { 3 } else { 2 };
        let mut rest = parts.get(used..)?.iter();
        let one = match got {
            Got::Many(instances) => {
                // `x.y[each.key].arn` is only told as `x.y`: the partner with the same key is meant.
                let first = rest.clone().next()?;
                let wanted = first
                    .strip_prefix('[')
                    .map(|key| key.trim_matches(['"', ']']));
                if wanted.is_some() {
                    rest.next();
                }
                let wanted = wanted
                    .map(str::to_owned)
                    .or_else(|| key.and_then(Node::scalar_text).map(|key| key.to_string()));
                self.instance(&instances, &wanted?)?
            }
            Got::One(one) => one,
            _ => return None,
        };
        self.attribute(one, rest.next()?)
    }

    fn instances(&self, module: &str, parts: &[String]) -> Option<Got> {
        let name = match parts {
            [data, kind, name, ..] if data == "data" => format!("data.{kind}.{name}"),
            [kind, name, ..] => format!("{kind}.{name}"),
            _ => return None,
        };
        let found = self.index.get(&(module.to_owned(), name))?;
        match found.as_slice() {
            [only] if self.resource(*only)?.index.is_none() => Some(Got::One(*only)),
            _ => Some(Got::Many(found.clone())),
        }
    }

    fn instance(&self, instances: &[usize], key: &str) -> Option<usize> {
        let mut found = instances.iter().copied();
        found.find(|at| {
            let index = self.resource(*at).and_then(|one| one.index.as_ref());
            index
                .and_then(Node::scalar_text)
                .as_ref()
                .and_then(|text| text.known())
                == Some(key)
        })
    }

    /// The value of a variable where a module is called.
    fn variable(&self, module: &str, name: &str, place: Origin) -> Option<Node> {
        let path = bare(module);
        let declared = self.sources.block(&path, &format!("variable.{name}"));
        let configured = self
            .plan
            .configuration(module)
            .and_then(|node| node.at(&["variables", name]));
        let says_secret =
            |node: Option<&Node>| node.is_some_and(|node| matches!(node.value, Value::Bool(true)));
        let is_secret = says_secret(configured.and_then(|node| node.get("sensitive")))
            || declared.is_some_and(|found| {
                let flag = found.block.body.get_attribute("sensitive");
                flag.is_some_and(|flag| flag.value.as_bool() == Some(true))
            });
        if is_secret {
            return Some(hole(&format!("var.{name}, which is sensitive"), place));
        }
        let default = || {
            let found = declared?;
            let default = found.block.body.get_attribute("default")?;
            let scope = plain(module, found.file);
            Some(self.eval(&default.value, &scope))
        };
        if module.is_empty() {
            let given = self
                .plan
                .variables
                .and_then(|node| node.at(&[name, "value"]));
            // A value that is the default has a place, one from elsewhere has not.
            return match (given, default()) {
                (Some(given), Some(default)) => Some(graft(given, &default)),
                (Some(given), None) => Some(moved(given, place)),
                (None, default) => default,
            };
        }
        let (parent, _) = split_last(module)?;
        let argument = self.sources.call(&path).and_then(|found| {
            let own = split_module(&path)?.1;
            let is_own = found.block.labels.first()?.as_str() == own;
            let attribute = found.block.body.get_attribute(name).filter(|_| is_own)?;
            Some(self.eval(&attribute.value, &self.call_scope(module, &parent, &found)))
        });
        if argument.is_some() {
            return argument;
        }
        let expression = self.plan.argument(module, name);
        if let Some(expression) = expression {
            if let Some(constant) = expression.get("constant_value") {
                return Some(moved(constant, place));
            }
            let references = super::plan::list(expression, "references");
            let first = references.first().and_then(Node::as_str)?;
            return self.reference(&parent, first, None, place);
        }
        default().or_else(|| Some(moved(configured?.get("default")?, place)))
    }

    /// What is known where a module is called.
    fn call_scope<'s>(&'s self, module: &str, parent: &str, found: &Found<'s>) -> Scope<'s> {
        let mut scope = plain(parent, found.file);
        let key = steps(module).pop().and_then(|(_, key)| key);
        let Some(key) = key else { return scope };
        let place = found.file.head(found.block);
        if found.block.body.get_attribute("count").is_some() {
            scope.count = Some(Node {
                value: Value::Number(key),
                origin: place,
            });
            return scope;
        }
        let key = text(key, place);
        let over = found.block.body.get_attribute("for_each");
        let value = over.and_then(|over| self.each_value(&self.eval(&over.value, &scope), &key));
        let value = value.unwrap_or_else(|| hole("each.value", place));
        scope.each = Some((key, value));
        scope
    }

    /// The value of a module's output.
    fn output(&self, module: &str, name: &str, place: Origin) -> Option<Node> {
        let path = bare(module);
        if let Some(found) = self.sources.block(&path, &format!("output.{name}")) {
            let value = found.block.body.get_attribute("value")?;
            return Some(self.eval(&value.value, &plain(module, found.file)));
        }
        let outputs = self.plan.configuration(module)?.get("outputs")?;
        let expression = outputs.at(&[name, "expression"])?;
        if let Some(constant) = expression.get("constant_value") {
            return Some(moved(constant, place));
        }
        let references = super::plan::list(expression, "references");
        references
            .iter()
            .filter_map(Node::as_str)
            .find_map(|reference| self.reference(module, reference, None, place))
    }

    /// The root of a reference in the source, and how many of the steps behind it are used up.
    pub(super) fn root(
        &self,
        name: &str,
        steps: &[&TraversalOperator],
        scope: &Scope<'_>,
        origin: Origin,
    ) -> (Option<Got>, usize) {
        let step = |at: usize| match steps.get(at) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.as_str().to_owned()),
            _ => None,
        };
        if let Some((_, value)) = scope.names.iter().rev().find(|(known, _)| known == name) {
            let affordable = self.budget.spend(super::value::size(value));
            return (affordable.then(|| Got::Value(value.clone())), 0);
        }
        match (name, step(0)) {
            ("var", Some(name)) => (
                self.variable(&scope.module, &name, origin).map(Got::Value),
                1,
            ),
            ("local", Some(name)) => {
                let found = self.sources.local(&bare(&scope.module), &name);
                let value = found
                    .map(|(expression, file)| self.eval(expression, &plain(&scope.module, file)));
                (value.map(Got::Value), 1)
            }
            ("each", Some(part)) => {
                let value = scope.each.as_ref().map(|(key, value)| {
                    if part == "key" {
                        key.clone()
                    } else {
                        value.clone()
                    }
                });
                (value.map(Got::Value), 1)
            }
            ("count", Some(_)) => (scope.count.clone().map(Got::Value), 1),
            ("module", Some(call)) => {
                let paths = self.modules.get(&(scope.module.clone(), call));
                (paths.map(|paths| Got::Modules(paths.clone())), 1)
            }
            ("data", Some(kind)) => match step(1) {
                Some(name) => (
                    self.instances(&scope.module, &["data".to_owned(), kind, name]),
                    2,
                ),
                None => (None, 0),
            },
            (_, Some(second)) => (self.instances(&scope.module, &[name.to_owned(), second]), 1),
            _ => (None, 0),
        }
    }

    /// A member of what was found so far.
    pub(super) fn member(&self, got: Got, name: &str) -> Option<Got> {
        match got {
            Got::One(one) => self.attribute(one, name).map(Got::Value),
            Got::Many(instances) => self.instance(&instances, name).map(Got::One),
            Got::Modules(paths) => match paths.as_slice() {
                [only] if !only.ends_with(']') => {
                    self.output(only, name, Origin::NOWHERE).map(Got::Value)
                }
                [only] if paths.len() == 1 && steps(only).last()?.1.as_deref() != Some(name) => {
                    self.output(only, name, Origin::NOWHERE).map(Got::Value)
                }
                _ => {
                    let found = paths.iter().find(|path| {
                        steps(path).last().and_then(|(_, key)| key.as_deref()) == Some(name)
                    })?;
                    Some(Got::Modules(vec![found.clone()]))
                }
            },
            Got::Value(node) => {
                if let Some(known) = hole_name(&node) {
                    return Some(Got::Value(hole(&format!("{known}.{name}"), node.origin)));
                }
                match &node.value {
                    Value::Map(members) => {
                        let found = members.iter().find(|(key, _)| {
                            key.scalar_text().as_ref().and_then(|text| text.known()) == Some(name)
                        });
                        found.map(|(_, value)| Got::Value(value.clone()))
                    }
                    Value::List(items) => {
                        let at: usize = name.parse().ok()?;
                        items.get(at).cloned().map(Got::Value)
                    }
                    _ => None,
                }
            }
        }
    }

    /// What was found as a value: a whole resource becomes a map of what can be said of it.
    pub(super) fn materialize(&self, got: Got, origin: Origin) -> Node {
        match got {
            Got::Value(node) => node,
            Got::One(one) => self.whole(one, origin),
            Got::Many(instances) => {
                let keyed = instances.iter().any(|at| {
                    let index = self.resource(*at).and_then(|one| one.index.as_ref());
                    index.is_some_and(|index| index.as_str().is_some())
                });
                let value = if keyed {
                    let members = instances.iter().filter_map(|at| {
                        let key = self.resource(*at)?.index.clone()?;
                        Some((moved(&key, origin), self.whole(*at, origin)))
                    });
                    Value::Map(members.collect())
                } else {
                    Value::List(instances.iter().map(|at| self.whole(*at, origin)).collect())
                };
                Node { value, origin }
            }
            Got::Modules(paths) => hole(paths.first().map_or("module", String::as_str), origin),
        }
    }

    fn whole(&self, at: usize, origin: Origin) -> Node {
        let names = ["arn", "id", "name", "key_id", "tags", "json", "url"];
        let members = names.iter().filter_map(|name| {
            let value = self.attribute(at, name)?;
            Some((text(*name, origin), value))
        });
        Node {
            value: Value::Map(members.collect()),
            origin,
        }
    }

    /// A text attribute without holes.
    pub(super) fn known(&self, resource: &Resource<'_>, name: &str) -> Option<Spanned<String>> {
        let node = self.field(resource, name)?;
        let known = node.scalar_text()?.known()?.to_owned();
        Some(Spanned::new(known, node.origin))
    }
}

/// The things that a splat goes over.
pub(super) fn each_of(got: Got) -> Option<Vec<Got>> {
    match got {
        Got::Many(instances) => Some(instances.into_iter().map(Got::One).collect()),
        Got::One(one) => Some(vec![Got::One(one)]),
        Got::Modules(paths) => Some(
            paths
                .into_iter()
                .map(|path| Got::Modules(vec![path]))
                .collect(),
        ),
        Got::Value(node) => {
            hole_name(&node).is_none().then_some(())?;
            match node.value {
                Value::List(items) => Some(items.into_iter().map(Got::Value).collect()),
                Value::Null => Some(Vec::new()),
                _ => Some(vec![Got::Value(node)]),
            }
        }
    }
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

fn plain<'s>(module: &str, file: &'s SourceFile) -> Scope<'s> {
    Scope {
        module: module.to_owned(),
        file,
        each: None,
        count: None,
        names: Vec::new(),
    }
}

fn is_marked(node: Option<&Node>) -> bool {
    node.is_some_and(|node| matches!(node.value, Value::Bool(true)))
}

fn is_policy(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.split('[').next().unwrap_or(last);
    last.ends_with("policy") || last.ends_with("policy_documents") || last == "content"
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
fn split_last(path: &str) -> Option<(String, String)> {
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

fn ends_with_key(path: &str, key: &Node) -> bool {
    let last = steps(path).pop().and_then(|(_, key)| key);
    last.is_some() && key.scalar_text().map(|text| text.to_string()) == last
}

/// `aws_iam_role.pod["a.b"].arn` in its parts; keys keep their brackets.
fn split(reference: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for character in reference.chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            '[' if !quoted => parts.push(std::mem::take(&mut part)),
            _ => {}
        }
        part.push(character);
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_apart() {
        assert_eq!(
            split("aws_iam_role.pod[\"a.b\"].arn"),
            ["aws_iam_role", "pod", "[\"a.b\"]", "arn"]
        );
        assert_eq!(
            split_last("module.a[\"x\"].module.b[0]"),
            Some(("module.a[\"x\"]".to_owned(), "b".to_owned()))
        );
    }
}
