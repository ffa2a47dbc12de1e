//! The functions of a template, with the values of parameters, mappings, conditions and other resources; a value that is
//! unknown before the stack exists is a hole.
//!
//! AWS CloudFormation Template Reference, "Intrinsic function reference".

use super::parts::{is_perhaps, resolved};
use crate::{
    allowance::Allowance,
    pending::Template,
    resource::Home,
    unnamed::expressed,
    value::{hole, moved, size, text},
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::{HoleKind, Text},
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
};

/// How deep one value may rest on others.
pub(super) const MAX_DEPTH: usize = 200;
/// The sections whose members are looked up by name.
const SECTIONS: [&str; 3] = ["Conditions", "Parameters", "Resources"];
/// How many values one template may make.
const MAX_STEPS: usize = 1_000_000;

/// Whether a member of a map is a function, which adds members or changes those beside it.
fn is_function(name: &str) -> bool {
    name.starts_with("Fn::")
}

/// A map whose members a macro may change: only `AWS::Include` leaves the others as they are.
///
/// AWS CloudFormation Template Reference, "Fn::Transform".
fn replaced(node: &Node) -> Option<Node> {
    let name = node.at(&["Fn::Transform", "Name"])?;
    let unknown = || hole("Fn::Transform", node.origin);
    (name.as_str() != Some("AWS::Include")).then(unknown)
}

/// A property that a function may add.
fn added(properties: &Node) -> Option<Node> {
    let mut keys = properties.as_map()?.iter().map(|(key, _)| key);
    let key = keys.find(|key| key.as_str().is_some_and(is_function))?;
    Some(hole(key.as_str()?, properties.origin))
}

/// What templates of one run export, by account, region and name.
pub(super) type Exports = HashMap<(Option<String>, Option<String>, String), Node>;

/// One template, and what is known of the stack that it makes.
pub(super) struct Evaluator<'t> {
    pub(super) root: &'t Node,
    /// The members of [`SECTIONS`], by section and name.
    entries: OnceCell<HashMap<(&'t str, &'t str), &'t Node>>,
    /// The file, for names of what has none.
    pub(super) file: &'t str,
    pub(super) home: Home,
    pub(super) stack: Option<&'t str>,
    /// Values of parameters that the user gives.
    pub(super) values: &'t [(String, Node)],
    pub(super) exports: &'t Exports,
    /// Outputs of nested stacks.
    outputs: &'t [(String, Node)],
    /// What people call accounts.
    pub(super) owner: String,
    pub(super) steps: Cell<usize>,
    /// What all templates of the run may still make.
    pub(super) run: Allowance,
    pub(super) depth: Cell<usize>,
    /// Conditions and attributes that are being looked up, so that a circle ends.
    pub(super) open: RefCell<Vec<String>>,
    /// Attributes that were looked up.
    known: RefCell<HashMap<String, Option<Text>>>,
    /// Errors that CloudFormation would report, collected during the evaluation.
    pub(super) refused: RefCell<Vec<(String, Option<String>, Origin)>>,
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(template: &'t Template, owner: String, exports: &'t Exports) -> Self {
        Self {
            root: &template.root,
            entries: OnceCell::new(),
            file: &template.file,
            home: template.home.clone(),
            stack: template.stack.as_deref(),
            values: &template.values,
            exports,
            outputs: &template.outputs,
            owner,
            steps: Cell::new(0),
            run: template.allowance.clone(),
            depth: Cell::new(0),
            open: RefCell::default(),
            known: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    /// Whether the template asked for more than it may.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS || self.run.is_spent()
    }

    /// The member of a section with a name, as it is written; of several the last one.
    pub(super) fn entry(&self, section: &str, name: &str) -> Option<&'t Node> {
        let entries = self.entries.get_or_init(|| {
            let mut entries = HashMap::new();
            for section in SECTIONS {
                let Some(members) = self.root.get(section).and_then(Node::as_map) else {
                    continue;
                };
                for (name, node) in members {
                    if let Some(name) = name.as_str() {
                        entries.insert((section, name), node);
                    }
                }
            }
            entries
        });
        entries.get(&(section, name)).copied()
    }

    /// A resource as it is written.
    pub(super) fn resource(&self, id: &str) -> Option<&'t Node> {
        self.entry("Resources", id)
    }

    /// A property with its functions carried out; nothing when it is not set or removed.
    pub(super) fn property(&self, resource: &Node, name: &str) -> Option<Node> {
        let properties = resource.get("Properties")?;
        match properties.get(name) {
            Some(value) => self.eval(value).filter(|node| !node.is_null()),
            None => added(properties),
        }
    }

    /// A value with its functions carried out; nothing for `AWS::NoValue`.
    pub(super) fn eval(&self, node: &Node) -> Option<Node> {
        let spent = self.steps.get() + 1;
        self.steps.set(spent);
        if !self.run.takes_values(1) || self.is_spent() || self.depth.get() >= MAX_DEPTH {
            return Some(hole("a value that depends on too many others", node.origin));
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.eval_inner(node);
        self.depth.set(self.depth.get() - 1);
        value
    }

    /// Counts what a value holds; nothing when that is more than the template may make.
    pub(super) fn afford<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        let values = size(node);
        self.run.takes_values(values);
        self.steps.set(self.steps.get().saturating_add(values));
        (!self.is_spent()).then_some(node)
    }

    fn eval_inner(&self, node: &Node) -> Option<Node> {
        let value = match &node.value {
            Value::String(scalar) => return Some(resolved(node, &scalar.text, &scalar.offsets)),
            Value::List(items) => {
                Value::List(items.iter().filter_map(|item| self.eval(item)).collect())
            }
            Value::Map(members) => {
                if let [(key, argument)] = members.as_slice()
                    && let Some(name) = key.as_str()
                    && (name == "Ref" || name.starts_with("Fn::"))
                {
                    return self.function(name, argument, node.origin);
                }
                if let Some(unknown) = replaced(node) {
                    return Some(unknown);
                }
                let members = members.iter().filter_map(|(key, value)| {
                    if key.as_str().is_some_and(is_function) {
                        let unknown = hole(key.as_str().unwrap_or_default(), key.origin);
                        return Some((unknown.clone(), unknown));
                    }
                    let value = self.eval(value)?;
                    // A member that may be missing has an unknown key.
                    let key = if is_perhaps(&value) { &value } else { key };
                    Some((key.clone(), value.clone()))
                });
                Value::Map(members.collect())
            }
            other => other.clone(),
        };
        Some(Node {
            value,
            origin: node.origin,
        })
    }

    fn function(&self, name: &str, argument: &Node, origin: Origin) -> Option<Node> {
        let unknown = || {
            let named = argument.as_str().unwrap_or("that cannot be evaluated");
            Some(hole(&format!("{name} {named}"), origin))
        };
        match name {
            "Ref" => match argument.as_str() {
                Some("AWS::NoValue") => None,
                Some(target) => Some(self.reference(target, argument.origin)),
                None => unknown(),
            },
            "Fn::GetAtt" => match self.attribute_of(argument) {
                Some(value) => Some(value),
                None => unknown(),
            },
            "Fn::Sub" => self.substitute(argument, origin).or_else(unknown),
            "Fn::Join" => self.join(argument, origin).or_else(unknown),
            "Fn::Select" => self.select(argument).or_else(unknown),
            "Fn::Split" => self.split(argument, origin).or_else(unknown),
            "Fn::FindInMap" => self.find_in_map(argument).or_else(unknown),
            "Fn::ImportValue" => self.import(argument, origin).or_else(unknown),
            "Fn::If" => self.choose(argument, origin),
            "Fn::ToJsonString" => self.eval(argument),
            "Fn::Length" => {
                let list = self.eval(argument)?;
                let whole = list.as_list().filter(|items| !items.iter().any(is_perhaps));
                let length = whole.map(|items| items.len().to_string());
                length.map_or_else(unknown, |length| {
                    let value = Value::Number(length);
                    Some(Node { value, origin })
                })
            }
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => match self.test(name, argument) {
                Some(value) => Some(Node {
                    value: Value::Bool(value),
                    origin,
                }),
                None => unknown(),
            },
            _ => unknown(),
        }
    }

    /// What `Ref` gives.
    pub(super) fn reference(&self, target: &str, origin: Origin) -> Node {
        if let Some(value) = self.pseudo(target) {
            return text(value, origin);
        }
        if let Some(parameter) = self.entry("Parameters", target) {
            return self.parameter(target, parameter, origin);
        }
        match self.attribute(target, None, origin) {
            Some(value) => value,
            None => hole(target, origin),
        }
    }

    /// A pseudo parameter; a hole when the stack is not known.
    pub(super) fn pseudo(&self, name: &str) -> Option<Text> {
        let unknown = || Some(Text::hole(name.to_owned(), HoleKind::Any));
        let known = match name {
            "AWS::AccountId" => {
                let account = self.home.account.as_deref();
                return account
                    .map(|id| Text::shown(expressed(id)))
                    .or_else(unknown);
            }
            "AWS::Region" => self.home.region.clone(),
            "AWS::Partition" => Some(self.home.partition.clone()),
            "AWS::URLSuffix" => {
                let china = self.home.partition == "aws-cn";
                let suffix = if china {
                    "amazonaws.com.cn"
                } else {
                    "amazonaws.com"
                };
                Some(suffix.to_owned())
            }
            "AWS::StackName" => self.stack.map(str::to_owned),
            _ if name.starts_with("AWS::") => None,
            _ => return None,
        };
        known.map(Text::from).or_else(unknown)
    }

    fn parameter(&self, name: &str, parameter: &Node, origin: Origin) -> Node {
        let given = self.values.iter().rev().find(|(other, _)| other == name);
        let unknown = || hole(&format!("parameter {name}"), origin);
        if let Some((_, given)) = given {
            return self.afford(given).cloned().unwrap_or_else(unknown);
        }
        let kind = parameter.get("Type").and_then(Node::as_str).unwrap_or("");
        let is_hidden = parameter.text_of("NoEcho").is_some_and(|text| {
            text.known()
                .is_some_and(|text| text.eq_ignore_ascii_case("true"))
        });
        // The default of such a parameter is the name under which the value is kept.
        if is_hidden || kind.starts_with("AWS::SSM::Parameter::Value") {
            return unknown();
        }
        let Some(default) = parameter.get("Default") else {
            return unknown();
        };
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        match default.as_str() {
            Some(list) if is_list => {
                self.steps.set(self.steps.get() + list.split(',').count());
                if self.is_spent() {
                    return unknown();
                }
                let items = list
                    .split(',')
                    .map(|item| text(item.trim(), default.origin));
                Node {
                    value: Value::List(items.collect()),
                    origin: default.origin,
                }
            }
            _ => self.afford(default).cloned().unwrap_or_else(unknown),
        }
    }

    fn attribute_of(&self, argument: &Node) -> Option<Node> {
        let (id, attribute) = match &argument.value {
            Value::List(items) => {
                let [id, attribute] = items.as_slice() else {
                    return None;
                };
                let attribute = self.eval(attribute)?;
                (id.as_str()?.to_owned(), attribute.as_str()?.to_owned())
            }
            _ => {
                let (id, attribute) = argument.as_str()?.split_once('.')?;
                (id.to_owned(), attribute.to_owned())
            }
        };
        self.attribute(&id, Some(&attribute), argument.origin)
    }

    /// What an attribute of a resource, or `Ref` to it, will be; a hole with the name of both where that does not follow.
    pub(super) fn attribute(
        &self,
        id: &str,
        attribute: Option<&str>,
        origin: Origin,
    ) -> Option<Node> {
        let resource = self.resource(id)?;
        let key = format!("{id}.{}", attribute.unwrap_or_default());
        let key = key.trim_end_matches('.');
        let mut outputs = self.outputs.iter();
        if let Some((_, value)) = outputs.find(|(name, _)| name == key) {
            return self.afford(value).map(|value| moved(value, origin));
        }
        if self.open.borrow().iter().any(|open| open == key) {
            return Some(hole(key, origin));
        }
        let known = self.known.borrow().get(key).cloned();
        let predicted = known.unwrap_or_else(|| {
            self.open.borrow_mut().push(key.to_owned());
            let predicted = self.predict(id, resource, attribute);
            self.open.borrow_mut().pop();
            let mut known = self.known.borrow_mut();
            known.insert(key.to_owned(), predicted.clone());
            predicted
        });
        Some(match predicted {
            Some(known) => self
                .afford(&text(known, origin))
                .cloned()
                .unwrap_or_else(|| hole(key, origin)),
            None => hole(key, origin),
        })
    }

    fn find_in_map(&self, argument: &Node) -> Option<Node> {
        let items = argument.as_list()?;
        let (names, default) = items.split_at_checked(3)?;
        let mut entry = self.root.get("Mappings");
        for name in names {
            let name = self.eval(name)?.scalar_text()?;
            let name = name.known()?.to_owned();
            entry = entry.and_then(|node| node.get(&name));
        }
        match entry {
            Some(entry) => self.afford(entry).cloned(),
            None => self.eval(default.first()?.get("DefaultValue")?),
        }
    }

    fn import(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let name = self.eval(argument)?;
        let name = name.as_str()?.to_owned();
        let key = (
            self.home.account.clone(),
            self.home.region.clone(),
            name.clone(),
        );
        match self.exports.get(&key) {
            Some(value) => self.afford(value).map(|value| moved(value, origin)),
            None => Some(hole(&format!("the export {name}"), origin)),
        }
    }
}
