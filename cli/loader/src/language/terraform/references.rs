//! References, as expressions of the source and as the configuration of a plan spell them: to resources, variables, local
//! values and outputs.

use super::{
    plan::{Resource, bare, constant, is_uncounted, list, steps},
    resolve::Resolver,
    scope::Scope,
};
use crate::hcl::SourceFile;
use crate::value::{hole, hole_name, moved, size, text};
use hcl_edit::expr::TraversalOperator;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

/// What a reference has led to so far.
pub(super) enum Got {
    Value(Node),
    /// One resource.
    Instance(usize),
    /// All instances of a resource.
    Many(Vec<usize>),
    /// Instances of a module, by their paths.
    Modules(Vec<String>),
}

impl Resolver<'_> {
    /// The first reference that leads to a value; of several whole ones, their list.
    pub(super) fn referred(
        &self,
        resource: &Resource<'_>,
        expression: &Node,
        place: Origin,
    ) -> Option<Node> {
        if let Some(constant) = constant(expression) {
            return Some(moved(constant, place));
        }
        if !is_whole(expression) {
            return None;
        }
        let references: Vec<&str> = list(expression, "references")
            .iter()
            .filter_map(Node::as_str)
            .collect();
        let mut values: Vec<Node> = Vec::new();
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
            values.push(moved(&node, node.origin));
        }
        match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(Node {
                value: Value::List(values),
                origin: place,
            }),
        }
    }

    /// A reference as the configuration of a plan spells it.
    pub(super) fn reference(
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
        let at = match got {
            Got::Many(instances) => {
                // The plan lists `x.y[each.key].arn` as `x.y`: the reference is to the instance with the same key.
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
            Got::Instance(at) => at,
            _ => return None,
        };
        self.attribute(at, rest.next()?)
    }

    fn instances(&self, module: &str, parts: &[String]) -> Option<Got> {
        let name = match parts {
            [data, kind, name, ..] if data == "data" => format!("data.{kind}.{name}"),
            [kind, name, ..] => format!("{kind}.{name}"),
            _ => return None,
        };
        let instances = self.index.get(&(module.to_owned(), name))?;
        match instances.as_slice() {
            [only] if self.resource(*only)?.index.is_none() => Some(Got::Instance(*only)),
            _ => Some(Got::Many(instances.clone())),
        }
    }

    fn instance(&self, instances: &[usize], key: &str) -> Option<usize> {
        let mut instances = instances.iter().copied();
        instances.find(|at| {
            let index = self
                .resource(*at)
                .and_then(|resource| resource.index.as_ref());
            index
                .and_then(Node::scalar_text)
                .as_ref()
                .and_then(|text| text.known())
                == Some(key)
        })
    }

    /// The value of a module's output.
    fn output(&self, module: &str, name: &str, place: Origin) -> Option<Node> {
        let path = bare(module);
        if let Some(declaration) = self.sources.block(&path, &format!("output.{name}")) {
            let value = declaration.block.body.get_attribute("value")?;
            return Some(self.eval(&value.value, &plain(module, declaration.file)));
        }
        let outputs = self.plan.configuration(module)?.get("outputs")?;
        let expression = outputs.at(&[name, "expression"])?;
        if let Some(constant) = constant(expression) {
            return Some(moved(constant, place));
        }
        if !is_whole(expression) {
            return None;
        }
        let references = list(expression, "references");
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
            let affordable = self.budget.spend(size(value));
            return (affordable.then(|| Got::Value(value.clone())), 0);
        }
        match (name, step(0)) {
            ("var", Some(name)) => (
                self.variable(&scope.module, &name, origin).map(Got::Value),
                1,
            ),
            ("local", Some(name)) => {
                let value = self.local(&scope.module, &name, origin);
                let affordable = value.filter(|value| self.budget.spend(size(value)));
                (affordable.map(Got::Value), 1)
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
            ("path", Some(part)) => (self.path(&part, scope, origin).map(Got::Value), 1),
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

    fn local(&self, module: &str, name: &str, origin: Origin) -> Option<Node> {
        self.locals.value(module, name, origin, || {
            let (expression, file) = self.sources.local(&bare(module), name)?;
            Some(self.eval(expression, &plain(module, file)))
        })
    }

    /// A member of the current value.
    pub(super) fn member(&self, got: Got, name: &str) -> Option<Got> {
        match got {
            Got::Instance(at) => self.attribute(at, name).map(Got::Value),
            Got::Many(instances) => self.instance(&instances, name).map(Got::Instance),
            Got::Modules(paths) => match paths.as_slice() {
                [only] if !only.ends_with(']') => {
                    self.output(only, name, Origin::NOWHERE).map(Got::Value)
                }
                [only] if paths.len() == 1 && steps(only).last()?.1.as_deref() != Some(name) => {
                    self.output(only, name, Origin::NOWHERE).map(Got::Value)
                }
                _ => {
                    let path = paths.iter().find(|path| {
                        steps(path).last().and_then(|(_, key)| key.as_deref()) == Some(name)
                    })?;
                    Some(Got::Modules(vec![path.clone()]))
                }
            },
            Got::Value(node) => {
                if let Some(known) = hole_name(&node) {
                    return Some(Got::Value(hole(&format!("{known}.{name}"), node.origin)));
                }
                match &node.value {
                    Value::Map(members) => {
                        let member = members.iter().find(|(key, _)| {
                            key.scalar_text().as_ref().and_then(|text| text.known()) == Some(name)
                        });
                        member.map(|(_, value)| Got::Value(value.clone()))
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

    /// The current value: a whole resource becomes a map of its known attributes.
    pub(super) fn materialize(&self, got: Got, origin: Origin) -> Node {
        match got {
            Got::Value(node) => node,
            Got::Instance(at) => self.whole(at, origin),
            Got::Many(instances) if self.is_open(&instances) => {
                let first = instances.first().and_then(|at| self.resource(*at));
                let address = first.map_or("", |resource| resource.address.as_str());
                hole(&format!("instances of {address}"), origin)
            }
            Got::Many(instances) => {
                let keyed = instances.iter().any(|at| {
                    let index = self
                        .resource(*at)
                        .and_then(|resource| resource.index.as_ref());
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
            Got::Modules(paths) => self.modules_value(&paths, origin),
        }
    }

    /// The outputs of instances of a module: an object, a list of objects, or a map of objects.
    fn modules_value(&self, paths: &[String], origin: Origin) -> Node {
        let unknown = || hole(paths.first().map_or("module", String::as_str), origin);
        let keys: Vec<_> = paths
            .iter()
            .map(|path| steps(path).pop().and_then(|(_, key)| key))
            .collect();
        let mut objects = Vec::new();
        for path in paths {
            let is_there = self.plan.declared.is_some() && self.sources.contains(&bare(path));
            if is_uncounted(path) || !is_there {
                return unknown();
            }
            objects.push(self.outputs(path, origin));
        }
        let value = match (objects.pop(), keys.as_slice()) {
            (Some(only), [None]) => return only,
            (Some(last), _) => {
                objects.push(last);
                if keys
                    .iter()
                    .flatten()
                    .all(|key| key.parse::<usize>().is_ok())
                {
                    Value::List(objects)
                } else {
                    let keys = keys
                        .iter()
                        .map(|key| text(key.clone().unwrap_or_default(), origin));
                    Value::Map(keys.zip(objects).collect())
                }
            }
            // A call whose count or for_each makes no instance.
            (None, _) => Value::List(Vec::new()),
        };
        Node { value, origin }
    }

    /// All outputs of an instance of a module.
    fn outputs(&self, module: &str, origin: Origin) -> Node {
        let path = bare(module);
        let blocks = self.sources.blocks(&path);
        let outputs = blocks.filter(|declaration| declaration.block.ident.as_str() == "output");
        let members = outputs.filter_map(|declaration| {
            let name = declaration.block.labels.first()?.as_str();
            let value = self
                .budget
                .deeper(|| self.output(module, name, origin))
                .flatten();
            let value = value.unwrap_or_else(|| hole(&format!("{module}.{name}"), origin));
            Some((text(name, origin), value))
        });
        Node {
            value: Value::Map(members.collect()),
            origin,
        }
    }

    /// Whether the number of instances is unknown.
    pub(super) fn is_open(&self, instances: &[usize]) -> bool {
        let mut instances = instances.iter();
        instances.any(|at| {
            self.resource(*at)
                .is_some_and(|resource| resource.open.is_some())
        })
    }

    /// The elements of a splat.
    pub(super) fn each_of(&self, got: Got) -> Option<Vec<Got>> {
        match &got {
            Got::Many(instances) if self.is_open(instances) => None,
            Got::Modules(paths) if paths.iter().any(|path| is_uncounted(path)) => None,
            _ => each_of(got),
        }
    }

    fn whole(&self, at: usize, origin: Origin) -> Node {
        let names = ["arn", "id", "name", "key_id", "tags", "json", "url"];
        let members = names.iter().filter_map(|name| {
            let value = self.attribute(at, name)?;
            Some((text(*name, origin), value))
        });
        // It has more attributes than these.
        let address = self.resource(at).map_or("", |own| own.address.as_str());
        let more = hole(&format!("another attribute of {address}"), origin);
        let members = members.chain([(more.clone(), more)]);
        Node {
            value: Value::Map(members.collect()),
            origin,
        }
    }
}

fn each_of(got: Got) -> Option<Vec<Got>> {
    match got {
        Got::Many(instances) => Some(instances.into_iter().map(Got::Instance).collect()),
        Got::Instance(at) => Some(vec![Got::Instance(at)]),
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

/// What is known in a module outside of a block with instances.
pub(super) fn plain<'s>(module: &str, file: &'s SourceFile) -> Scope<'s> {
    Scope {
        module: module.to_owned(),
        file,
        each: None,
        count: None,
        names: Vec::new(),
        in_template: false,
    }
}

fn ends_with_key(path: &str, key: &Node) -> bool {
    let last = steps(path).pop().and_then(|(_, key)| key);
    last.is_some() && key.scalar_text().map(|text| text.to_string()) == last
}

/// Whether an expression consists of references only, by the plan: in JSON syntax it contains their text.
pub(super) fn is_whole(expression: &Node) -> bool {
    let is_step = |character: char| character.is_alphanumeric() || "_-.[]\"*".contains(character);
    let is_reference = |node: &Node| {
        let inner = node.as_str().and_then(|text| text.strip_prefix("${"));
        let inner = inner.and_then(|text| text.strip_suffix('}'));
        inner.is_some_and(|inner| inner.chars().all(is_step))
    };
    match expression.get("constant_value") {
        None => true,
        Some(Node {
            value: Value::List(items),
            ..
        }) => items.iter().all(is_reference),
        Some(text) => is_reference(text),
    }
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
    }
}
