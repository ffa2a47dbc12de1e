//! The functions of a template: what they make of parameters, mappings, conditions and other resources; a hole where
//! nobody can know before the stack is made (inputs.md section 6).

use crate::value::{has_hole, hole, moved, scalar, size, text};
use crate::{pending::Template, resource::Home};
use policy_engine::{
    source::{OffsetMap, Origin, Span},
    syntax::node::{Node, Value},
    text::{HoleKind, Part, Text},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// How deep one value may rest on others.
const MAX_DEPTH: usize = 200;
/// How many values one template may make.
const MAX_STEPS: usize = 1_000_000;
/// The longest text that a function makes.
const MAX_TEXT: usize = 128 * 1024;

/// What templates of one run export, by account, region and name.
pub(super) type Exports = HashMap<(Option<String>, Option<String>, String), Node>;

/// One template, and what is known of the stack that it makes.
pub(super) struct Evaluator<'t> {
    pub(super) root: &'t Node,
    /// The file, for names of what has none.
    pub(super) file: &'t str,
    pub(super) home: Home,
    pub(super) stack: Option<&'t str>,
    /// Values of parameters that the user gives.
    pub(super) values: &'t [(String, Node)],
    pub(super) exports: &'t Exports,
    /// What people call accounts.
    pub(super) owner: String,
    steps: Cell<usize>,
    depth: Cell<usize>,
    /// Conditions and attributes that are being looked up, so that a circle ends.
    open: RefCell<Vec<String>>,
    /// Attributes that were looked up.
    known: RefCell<HashMap<String, Option<Text>>>,
    /// What CloudFormation refuses, found on the way.
    pub(super) refused: RefCell<Vec<(String, Option<String>, Origin)>>,
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(template: &'t Template, owner: String, exports: &'t Exports) -> Self {
        Self {
            root: &template.root,
            file: &template.file,
            home: template.home.clone(),
            stack: template.stack.as_deref(),
            values: &template.values,
            exports,
            owner,
            steps: Cell::new(0),
            depth: Cell::new(0),
            open: RefCell::default(),
            known: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    /// Whether the template asked for more than it may.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }

    /// A resource as it is written.
    pub(super) fn resource(&self, id: &str) -> Option<&'t Node> {
        self.root.get("Resources")?.get(id)
    }

    /// A property with its functions carried out; nothing when it is not set or removed.
    pub(super) fn property(&self, resource: &Node, name: &str) -> Option<Node> {
        self.eval(resource.get("Properties")?.get(name)?)
            .filter(|node| !node.is_null())
    }

    /// A value with its functions carried out; nothing for `AWS::NoValue`.
    pub(super) fn eval(&self, node: &Node) -> Option<Node> {
        let spent = self.steps.get() + 1;
        self.steps.set(spent);
        if spent > MAX_STEPS || self.depth.get() >= MAX_DEPTH {
            return Some(hole("a value that rests on too many others", node.origin));
        }
        self.depth.set(self.depth.get() + 1);
        let found = self.eval_inner(node);
        self.depth.set(self.depth.get() - 1);
        found
    }

    /// Counts what a value holds; nothing when that is more than the template may make.
    fn afford<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        self.steps.set(self.steps.get().saturating_add(size(node)));
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
                let members = members.iter();
                let kept =
                    members.filter_map(|(key, value)| Some((key.clone(), self.eval(value)?)));
                Value::Map(kept.collect())
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
            let named = argument.as_str().unwrap_or("that cannot be carried out");
            Some(hole(&format!("{name} {named}"), origin))
        };
        match name {
            "Ref" => match argument.as_str() {
                Some("AWS::NoValue") => None,
                Some(target) => Some(self.reference(target, argument.origin)),
                None => unknown(),
            },
            "Fn::GetAtt" => match self.attribute_of(argument) {
                Some(found) => Some(found),
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
                let length = list.as_list().map(|items| items.len().to_string());
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
    fn reference(&self, target: &str, origin: Origin) -> Node {
        if let Some(found) = self.pseudo(target) {
            return text(found, origin);
        }
        if let Some(parameter) = self.root.get("Parameters").and_then(|all| all.get(target)) {
            return self.parameter(target, parameter, origin);
        }
        match self.attribute(target, None, origin) {
            Some(found) => found,
            None => hole(target, origin),
        }
    }

    /// A pseudo parameter; a hole when the stack is not known.
    fn pseudo(&self, name: &str) -> Option<Text> {
        let known = match name {
            "AWS::AccountId" => self.home.account.clone(),
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
        Some(known.map_or_else(|| Text::hole(name.to_owned(), HoleKind::Any), Text::from))
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
    fn attribute(&self, id: &str, attribute: Option<&str>, origin: Origin) -> Option<Node> {
        let resource = self.resource(id)?;
        let key = format!("{id}.{}", attribute.unwrap_or_default());
        let key = key.trim_end_matches('.');
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
            Some(known) => text(known, origin),
            None => hole(key, origin),
        })
    }

    fn substitute(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let (written, more) = match &argument.value {
            Value::List(items) => match items.as_slice() {
                [written, more] => (written, Some(more)),
                [written] => (written, None),
                _ => return None,
            },
            _ => (argument, None),
        };
        let Value::String(template) = &written.value else {
            return None;
        };
        let literal = template.text.known()?;
        let mut made = Text::default();
        let mut offsets = OffsetMap::default();
        let place = |at: usize| {
            template
                .offsets
                .outer(u32::try_from(at).unwrap_or(u32::MAX))
        };
        let mut rest = 0;
        while let Some(found) = literal.get(rest..).and_then(|text| text.find("${")) {
            let start = rest + found;
            let Some(end) = literal.get(start..).and_then(|text| text.find('}')) else {
                break;
            };
            let end = start + end;
            let name = literal.get(start + 2..end).unwrap_or("");
            copy(&mut made, &mut offsets, literal, rest..start, place);
            if name.starts_with('!') {
                copy(&mut made, &mut offsets, literal, start..start + 2, place);
                copy(&mut made, &mut offsets, literal, start + 3..end + 1, place);
            } else {
                let at = Origin {
                    source: written.origin.source,
                    span: template.offsets.span(Span::new(start, end + 1)),
                };
                let part = self.named(name.trim(), more, at)?;
                let inner = made.literal().len();
                for (index, _) in part.literal().char_indices() {
                    offsets.push(inner + index, place(start));
                }
                made = made.then(&part);
            }
            rest = end + 1;
            if made.literal().len() > MAX_TEXT {
                return None;
            }
        }
        copy(&mut made, &mut offsets, literal, rest..literal.len(), place);
        let whole = scalar(made, offsets, written.origin);
        let Value::String(scalar) = &whole.value else {
            return Some(whole);
        };
        let mut resolved = resolved(&whole, &scalar.text, &scalar.offsets);
        if resolved.as_text().is_some_and(Text::is_known) && literal.is_empty() {
            resolved.origin = origin;
        }
        Some(resolved)
    }

    /// What a name inside `Fn::Sub` stands for.
    fn named(&self, name: &str, more: Option<&Node>, origin: Origin) -> Option<Text> {
        if let Some(given) = more.and_then(|more| more.get(name)) {
            return self.eval(given)?.scalar_text();
        }
        if let Some(found) = self.pseudo(name) {
            return Some(found);
        }
        let is_policy_variable = name.contains('/')
            || name.split_once(':').is_some_and(|(service, rest)| {
                !rest.starts_with(':') && service.bytes().all(|byte| byte.is_ascii_lowercase())
            });
        if is_policy_variable {
            self.refused.borrow_mut().push((
                format!("`${{{name}}}` inside `Fn::Sub` is no name of this template"),
                Some(format!(
                    "write `${{!{name}}}`, so that the variable reaches the policy"
                )),
                origin,
            ));
        }
        let found = match name.split_once('.') {
            Some((id, attribute)) => self.attribute(id, Some(attribute), origin),
            None => Some(self.reference(name, origin)),
        };
        let found = found.unwrap_or_else(|| hole(name, origin));
        found.scalar_text()
    }

    fn join(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let [separator, items] = argument.as_list()? else {
            return None;
        };
        let separator = self.eval(separator)?.scalar_text()?;
        let items = self.eval(items)?;
        let mut made = Text::default();
        let mut offsets = OffsetMap::from_start(origin.span.start);
        for (at, item) in items.as_list()?.iter().enumerate() {
            if at > 0 {
                made = made.then(&separator);
            }
            let inner = made.literal().len();
            let part = item.scalar_text()?;
            for (index, _) in part.literal().char_indices() {
                let outer = match &item.value {
                    Value::String(scalar) => scalar
                        .offsets
                        .outer(u32::try_from(index).unwrap_or(u32::MAX)),
                    _ => item.origin.span.start,
                };
                offsets.push(inner + index, outer);
            }
            made = made.then(&part);
            if made.literal().len() > MAX_TEXT {
                return None;
            }
        }
        Some(scalar(made, offsets, origin))
    }

    fn select(&self, argument: &Node) -> Option<Node> {
        let [index, items] = argument.as_list()? else {
            return None;
        };
        let index = self.eval(index)?.scalar_text()?;
        let at: usize = index.known()?.parse().ok()?;
        self.eval(items)?.as_list()?.get(at).cloned()
    }

    fn split(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let [separator, whole] = argument.as_list()? else {
            return None;
        };
        let separator = self.eval(separator)?;
        let separator = separator.as_str().filter(|text| !text.is_empty())?;
        let whole = self.eval(whole)?;
        let whole = whole.as_text()?;
        // What follows a secret's name and the id of a key hold letters, digits and hyphens: nothing is split in them.
        let is_apart = separator
            .chars()
            .any(|one| !one.is_ascii_alphanumeric() && one != '-');
        let mut holes = whole.holes().iter();
        if !holes
            .all(|(_, hole)| is_apart && hole.kind != HoleKind::Any && hole.kind != HoleKind::Some)
        {
            return None;
        }
        let mut items: Vec<Node> = Vec::new();
        let mut current = Text::default();
        for part in whole.parts() {
            let known = match part {
                Part::Hole(found) => {
                    current = current.then(&Text::hole(found.name.clone(), found.kind));
                    continue;
                }
                Part::Literal(known) => known,
            };
            for (at, piece) in known.split(separator).enumerate() {
                if at > 0 {
                    items.push(text(std::mem::take(&mut current), origin));
                }
                current = current.then(&Text::from(piece));
            }
        }
        items.push(text(current, origin));
        self.steps.set(self.steps.get() + items.len());
        Some(Node {
            value: Value::List(items),
            origin,
        })
    }

    fn find_in_map(&self, argument: &Node) -> Option<Node> {
        let items = argument.as_list()?;
        let (names, default) = items.split_at_checked(3)?;
        let mut found = self.root.get("Mappings");
        for name in names {
            let name = self.eval(name)?.scalar_text()?;
            let name = name.known()?.to_owned();
            found = found.and_then(|node| node.get(&name));
        }
        match found {
            Some(found) => self.afford(found).cloned(),
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
            Some(found) => self.afford(found).map(|found| moved(found, origin)),
            None => Some(hole(&format!("the export {name}"), origin)),
        }
    }

    /// `Fn::If`: the branch, both when they are the same, a hole when nobody knows which.
    fn choose(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let unknown = |name: &str| Some(hole(&format!("the condition {name}"), origin));
        let Some([name, yes, no]) = argument.as_list() else {
            return unknown("of Fn::If");
        };
        let name = name.as_str().unwrap_or("of Fn::If");
        match self.condition(name) {
            Some(true) => self.eval(yes),
            Some(false) => self.eval(no),
            None => {
                let (yes, no) = (self.eval(yes), self.eval(no));
                match (&yes, &no) {
                    (None, None) => None,
                    (Some(one), Some(other)) if same(one, other) == Some(true) => yes,
                    _ => unknown(name),
                }
            }
        }
    }

    /// Whether a condition of the template holds; nothing when that rests on what is not known.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        let written = self.root.get("Conditions")?.get(name)?;
        let key = format!("condition {name}");
        if self.open.borrow().contains(&key) {
            return None;
        }
        self.open.borrow_mut().push(key);
        let holds = self.truth(written);
        self.open.borrow_mut().pop();
        holds
    }

    fn truth(&self, node: &Node) -> Option<bool> {
        if let Some([(key, argument)]) = node.as_map() {
            let name = key.as_str()?;
            if name == "Condition" {
                return self.condition(argument.as_str()?);
            }
            if matches!(name, "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not") {
                return self.test(name, argument);
            }
        }
        let value = self.eval(node)?.scalar_text()?;
        match value.known()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    fn test(&self, name: &str, argument: &Node) -> Option<bool> {
        self.steps.set(self.steps.get() + 1);
        if self.is_spent() || self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let items = argument.as_list().unwrap_or_default();
        let mut truths = items.iter().map(|item| self.truth(item));
        let found = match (name, items) {
            ("Fn::Equals", [one, other]) => {
                let (one, other) = (self.eval(one), self.eval(other));
                one.zip(other).and_then(|(one, other)| same(&one, &other))
            }
            ("Fn::Not", [_]) => truths.next().flatten().map(|truth| !truth),
            ("Fn::And", _) => all(&mut truths, true),
            ("Fn::Or", _) => all(&mut truths, false),
            _ => None,
        };
        self.depth.set(self.depth.get() - 1);
        found
    }
}

/// `And` over truths that may be unknown for `whole` true, `Or` for false.
fn all(truths: &mut dyn Iterator<Item = Option<bool>>, whole: bool) -> Option<bool> {
    let mut found = Some(whole);
    for truth in truths {
        match truth {
            Some(truth) if truth != whole => return Some(truth),
            Some(_) => {}
            None => found = None,
        }
    }
    found
}

/// Whether two values are the same; nothing when that rests on a hole.
fn same(one: &Node, other: &Node) -> Option<bool> {
    if has_hole(one) || has_hole(other) {
        let equal = one.as_text().is_some() && one.as_text() == other.as_text();
        return equal.then_some(true);
    }
    match (&one.value, &other.value) {
        (Value::List(own), Value::List(others)) => {
            let pairs = own.iter().zip(others);
            let mut equal = pairs.map(|(one, other)| same(one, other));
            Some(own.len() == others.len() && equal.all(|one| one == Some(true)))
        }
        (Value::Map(own), Value::Map(others)) => {
            let equal = own.iter().all(|(key, value)| {
                let partner = key.as_str().and_then(|key| other.get(key));
                partner.is_some_and(|partner| same(value, partner) == Some(true))
            });
            Some(own.len() == others.len() && equal)
        }
        _ => Some(one.scalar_text() == other.scalar_text() && one.is_null() == other.is_null()),
    }
}

fn copy(
    made: &mut Text,
    offsets: &mut OffsetMap,
    literal: &str,
    range: std::ops::Range<usize>,
    place: impl Fn(usize) -> u32,
) {
    let start = range.start;
    let piece = literal.get(range).unwrap_or("");
    let inner = made.literal().len();
    for (at, _) in piece.char_indices() {
        offsets.push(inner + at, place(start + at));
    }
    *made = made.then(&Text::from(piece));
}

/// A text whose dynamic references (`{{resolve:…}}`) are holes.
fn resolved(node: &Node, written: &Text, places: &OffsetMap) -> Node {
    const START: &str = "{{resolve:";
    let Some(literal) = written.known().filter(|text| text.contains(START)) else {
        return node.clone();
    };
    let place = |at: usize| places.outer(u32::try_from(at).unwrap_or(u32::MAX));
    let mut made = Text::default();
    let mut offsets = OffsetMap::default();
    let mut rest = 0;
    while let Some(found) = literal.get(rest..).and_then(|text| text.find(START)) {
        let start = rest + found;
        let Some(end) = literal.get(start..).and_then(|text| text.find("}}")) else {
            break;
        };
        copy(&mut made, &mut offsets, literal, rest..start, place);
        let end = start + end + 2;
        let name = literal.get(start + 2..end - 2).unwrap_or("").to_owned();
        made = made.then(&Text::hole(name, HoleKind::Any));
        rest = end;
    }
    copy(&mut made, &mut offsets, literal, rest..literal.len(), place);
    scalar(made, offsets, node.origin)
}
