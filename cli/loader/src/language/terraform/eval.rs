//! Evaluates Terraform expressions to values with their places; a value that needs a provider, a clock or the network is a hole.
//!
//! Terraform documentation, "Expressions".

use super::{budget::MAX_TEXT, functions, order::ordered, references::Got, resolve::Resolver};
use crate::hcl::SourceFile;
use crate::value::{align, hole, moved, scalar, size, text};
use hcl_edit::{
    Span as _,
    expr::{BinaryOperator, Expression, ForExpr, ObjectKey, TraversalOperator, UnaryOperator},
    structure::{Block, Body},
    template::{Element, Template},
};
use policy_engine::{
    source::{OffsetMap, Origin},
    syntax::node::{Node, Value},
    text::{Text, TextBuilder},
};

/// Where an expression stands and what is known there.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    /// The module with its keys.
    pub(super) module: String,
    /// The file of the expression.
    pub(super) file: &'s SourceFile,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Node, Node)>,
    /// `count.index`
    pub(super) count: Option<Node>,
    /// Names that `for` and `dynamic` make.
    pub(super) names: Vec<(String, Node)>,
}

impl Resolver<'_> {
    pub(super) fn eval(&self, expression: &Expression, scope: &Scope<'_>) -> Node {
        let origin = scope.file.origin(expression.span());
        self.budget
            .deeper(|| self.eval_inner(expression, scope, origin))
            .unwrap_or_else(|| hole("a value that depends on too many others", origin))
    }

    fn eval_inner(&self, expression: &Expression, scope: &Scope<'_>, origin: Origin) -> Node {
        let node = |value| Node { value, origin };
        match expression {
            Expression::Null(_) => node(Value::Null),
            Expression::Bool(value) => node(Value::Bool(*value.value())),
            Expression::Number(number) => node(Value::Number(number.value().to_string())),
            Expression::String(written) => {
                let mut offsets = OffsetMap::from_start(origin.span.start + 1);
                let raw = scope.file.raw(expression.span());
                let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
                let start = origin.span.start as usize + 1;
                align(&mut offsets, 0, written.value(), inside, start);
                scalar(Text::from(written.value().as_str()), offsets, origin)
            }
            Expression::Array(items) => node(Value::List(
                items.iter().map(|item| self.eval(item, scope)).collect(),
            )),
            Expression::Object(object) => {
                let members = object.iter().map(|(key, value)| {
                    let key = match key {
                        ObjectKey::Ident(ident) => {
                            text(ident.as_str(), scope.file.origin(ident.span()))
                        }
                        ObjectKey::Expression(key) => self.eval(key, scope),
                    };
                    (key, self.eval(value.expr(), scope))
                });
                node(Value::Map(members.collect()))
            }
            Expression::StringTemplate(template) => self.template(template.iter(), scope, origin),
            Expression::HeredocTemplate(heredoc) => {
                self.template_of(&heredoc.template, scope, origin)
            }
            Expression::Parenthesis(inner) => self.eval(inner.inner(), scope),
            Expression::Variable(_) | Expression::Traversal(_) => {
                self.traversal(expression, scope, origin)
            }
            Expression::Conditional(conditional) => {
                let decided = self.eval(&conditional.cond_expr, scope);
                match truth(&decided) {
                    Some(true) => self.eval(&conditional.true_expr, scope),
                    Some(false) => self.eval(&conditional.false_expr, scope),
                    None => unknown(expression, scope),
                }
            }
            Expression::FuncCall(call) => {
                if call.name.is_namespaced() {
                    return unknown(expression, scope);
                }
                let name = call.name.name.as_str();
                if name == "try" || name == "can" {
                    return self.attempt(name, call.args.iter(), scope, origin);
                }
                if name == "file" {
                    let mut paths = call.args.iter();
                    let document = paths
                        .next()
                        .and_then(|path| self.sources.documents.of(scope.file.id, path));
                    return document
                        .filter(|document| self.budget.spend(size(document)))
                        .map_or_else(|| unknown(expression, scope), Node::clone);
                }
                let mut arguments: Vec<_> = call
                    .args
                    .iter()
                    .map(|item| self.eval(item, scope))
                    .collect();
                if call.args.expand_final()
                    && let Some(last) = arguments.pop()
                {
                    match last.value {
                        Value::List(items) => arguments.extend(items),
                        _ => return unknown(expression, scope),
                    }
                }
                let made = functions::call(name, &arguments, origin, &self.budget);
                made.unwrap_or_else(|| unknown(expression, scope))
            }
            Expression::UnaryOp(operation) => {
                let inner = self.eval(&operation.expr, scope);
                match (operation.operator.value(), truth(&inner), &inner.value) {
                    (UnaryOperator::Not, Some(value), _) => node(Value::Bool(!value)),
                    (UnaryOperator::Neg, _, Value::Number(number)) => {
                        node(Value::Number(format!("-{number}")))
                    }
                    _ => unknown(expression, scope),
                }
            }
            Expression::BinaryOp(operation) => {
                let left = self.eval(&operation.lhs_expr, scope);
                let right = self.eval(&operation.rhs_expr, scope);
                binary(*operation.operator.value(), &left, &right).map_or_else(
                    || unknown(expression, scope),
                    |value| node(Value::Bool(value)),
                )
            }
            Expression::ForExpr(expression_for) => self
                .for_expression(expression_for, scope, origin)
                .unwrap_or_else(|| unknown(expression, scope)),
        }
    }

    fn template_of(&self, template: &Template, scope: &Scope<'_>, origin: Origin) -> Node {
        self.template(template.iter(), scope, origin)
    }

    fn template<'e>(
        &self,
        elements: impl Iterator<Item = &'e Element>,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Node {
        let elements: Vec<_> = elements.collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            // A template of one expression is that expression, whatever its type.
            return self.eval(&only.expr, scope);
        }
        let mut made = TextBuilder::default();
        let mut offsets = OffsetMap::from_start(origin.span.start);
        for element in elements {
            let inner = made.literal_len();
            match element {
                Element::Literal(literal) => {
                    let raw = scope.file.raw(literal.span());
                    let start = literal.span().map_or(0, |span| span.start);
                    align(&mut offsets, inner, literal.value(), raw, start);
                    made.push_str(literal.value().as_str());
                }
                Element::Interpolation(interpolation) => {
                    let value = self.eval(&interpolation.expr, scope);
                    let Some(part) = value.scalar_text() else {
                        return hole("a template", origin);
                    };
                    let start = scope.file.origin(interpolation.span()).span.start;
                    for (at, _) in part.literal().char_indices() {
                        offsets.push(inner + at, start);
                    }
                    made.push(&part);
                }
                Element::Directive(_) => return hole("a template with directives", origin),
            }
            if made.size() > MAX_TEXT {
                break;
            }
        }
        if !self.budget.affords_text(made.size()) {
            return hole("a text that is too long", origin);
        }
        scalar(made.finish(), offsets, origin)
    }

    fn for_expression(
        &self,
        expression: &ForExpr,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Option<Node> {
        let over = self.eval(&expression.intro.collection_expr, scope);
        if expression.key_expr.is_none()
            && let Some(members) = over.as_map()
            && !ordered(members, |(key, _)| key).1
        {
            return None;
        }
        let items = self.items(&over)?;
        let mut list = Vec::new();
        let mut members: Vec<(Node, Node)> = Vec::new();
        for (key, value) in items {
            if !self.budget.spend(size(&value)) {
                return None;
            }
            let mut inner = scope.clone();
            if let Some(name) = &expression.intro.key_var {
                inner.names.push((name.as_str().to_owned(), key));
            }
            let name = expression.intro.value_var.as_str().to_owned();
            inner.names.push((name, value));
            if let Some(condition) = &expression.cond
                && !truth(&self.eval(&condition.expr, &inner))?
            {
                continue;
            }
            let value = self.eval(&expression.value_expr, &inner);
            match &expression.key_expr {
                None => list.push(value),
                Some(key) if !expression.grouping => {
                    members.push((self.eval(key, &inner), value));
                }
                Some(_) => return None,
            }
        }
        let value = if expression.key_expr.is_some() {
            Value::Map(members)
        } else {
            Value::List(list)
        };
        Some(Node { value, origin })
    }

    /// What a `for` or `for_each` goes over: keys and values.
    pub(super) fn items(&self, node: &Node) -> Option<Vec<(Node, Node)>> {
        if !self.budget.spend(size(node)) {
            return None;
        }
        match &node.value {
            Value::List(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| {
                        let key = Node {
                            value: Value::Number(at.to_string()),
                            origin: item.origin,
                        };
                        (key, item.clone())
                    })
                    .collect(),
            ),
            Value::Map(members) => Some(ordered(members, |(key, _)| key).0),
            _ => None,
        }
    }

    /// A block as the provider sees it: its arguments, and nested blocks as lists.
    pub(super) fn body(&self, body: &Body, scope: &Scope<'_>, origin: Origin) -> Node {
        let mut members: Vec<(Node, Node)> = Vec::new();
        for attribute in body.attributes() {
            let key = text(
                attribute.key.as_str(),
                scope.file.origin(attribute.key.span()),
            );
            members.push((key, self.eval(&attribute.value, scope)));
        }
        for block in body.blocks() {
            let dynamic = block.ident.as_str() == "dynamic";
            let name = match block.labels.first() {
                Some(label) if dynamic => label.as_str(),
                _ => block.ident.as_str(),
            };
            let made = self
                .budget
                .deeper(|| {
                    if dynamic {
                        self.dynamic(block, name, scope)
                    } else {
                        vec![self.body(&block.body, scope, scope.file.head(block))]
                    }
                })
                .unwrap_or_else(|| vec![hole("a block that depends on too many others", origin)]);
            let known = members
                .iter_mut()
                .find(|(key, _)| key.as_str() == Some(name));
            match known {
                Some((
                    _,
                    Node {
                        value: Value::List(items),
                        ..
                    },
                )) => items.extend(made),
                _ => {
                    let place = scope.file.head(block);
                    let list = Node {
                        value: Value::List(made),
                        origin: place,
                    };
                    members.push((text(name, place), list));
                }
            }
        }
        Node {
            value: Value::Map(members),
            origin,
        }
    }

    /// The blocks that a `dynamic` makes; a hole when nobody knows over what it goes, because then there may be none.
    fn dynamic(&self, block: &Block, name: &str, scope: &Scope<'_>) -> Vec<Node> {
        let place = scope.file.head(block);
        let Some(content) = block.body.get_blocks("content").next() else {
            return Vec::new();
        };
        let iterator = block
            .body
            .get_attribute("iterator")
            .and_then(|attribute| attribute.value.as_variable())
            .map_or(name, |ident| ident.as_str());
        let over = block.body.get_attribute("for_each");
        let items = over.and_then(|over| self.items(&self.eval(&over.value, scope)));
        let Some(items) = items else {
            return vec![hole(&format!("for_each of the dynamic \"{name}\""), place)];
        };
        items
            .into_iter()
            .map(|(key, value)| {
                let mut inner = scope.clone();
                let pair = Node {
                    value: Value::Map(vec![
                        (text("key", place), key),
                        (text("value", place), value),
                    ]),
                    origin: place,
                };
                inner.names.push((iterator.to_owned(), pair));
                self.body(&content.body, &inner, place)
            })
            .collect()
    }

    fn traversal(&self, expression: &Expression, scope: &Scope<'_>, origin: Origin) -> Node {
        let (root, operators) = match expression {
            Expression::Variable(ident) => (ident.as_str(), [].as_slice()),
            Expression::Traversal(traversal) => match &traversal.expr {
                Expression::Variable(ident) => (ident.as_str(), traversal.operators.as_slice()),
                inner => {
                    let value = self.eval(inner, scope);
                    let steps: Vec<_> = traversal
                        .operators
                        .iter()
                        .map(hcl_edit::Decorated::value)
                        .collect();
                    let got = self.follow(Got::Value(value), &steps, scope);
                    return got.map_or_else(
                        || unknown(expression, scope),
                        |got| self.settled(got, origin),
                    );
                }
            },
            _ => return unknown(expression, scope),
        };
        let steps: Vec<&TraversalOperator> =
            operators.iter().map(hcl_edit::Decorated::value).collect();
        let (got, used) = self.root(root, &steps, scope, origin);
        let rest = steps.get(used..).unwrap_or_default();
        let got = got.and_then(|got| self.follow(got, rest, scope));
        match got {
            Some(got) => self.settled(got, origin),
            None => unknown(expression, scope),
        }
    }

    /// A value where it is used: a plain one stands at its use, a document keeps the places where it is written.
    fn settled(&self, got: Got, origin: Origin) -> Node {
        let node = self.materialize(got, origin);
        match &node.value {
            Value::List(_) | Value::Map(_) => {
                self.budget.spend(size(&node));
                node
            }
            _ => moved(&node, origin),
        }
    }

    /// Follows the steps behind the root of a reference.
    pub(super) fn follow(
        &self,
        got: Got,
        steps: &[&TraversalOperator],
        scope: &Scope<'_>,
    ) -> Option<Got> {
        let mut got = got;
        for (at, step) in steps.iter().enumerate() {
            got = match step {
                TraversalOperator::GetAttr(name) => self.member(got, name.as_str())?,
                TraversalOperator::LegacyIndex(index) => {
                    self.member(got, &index.value().to_string())?
                }
                TraversalOperator::Index(index) => {
                    let key = self.eval(index, scope).scalar_text()?;
                    self.member(got, key.known()?)?
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    let rest = steps.get(at + 1..).unwrap_or_default();
                    let origin = scope.file.origin(None);
                    let items = self.each_of(got)?;
                    let made = items.into_iter().map(|item| {
                        let value = self.follow(item, rest, scope)?;
                        Some(self.materialize(value, origin))
                    });
                    let made: Option<Vec<_>> = made.collect();
                    return Some(Got::Value(Node {
                        value: Value::List(made?),
                        origin,
                    }));
                }
            };
        }
        Some(got)
    }
}

/// A hole named after the expression itself.
fn unknown(expression: &Expression, scope: &Scope<'_>) -> Node {
    let raw = scope.file.raw(expression.span());
    let name: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(80).collect();
    hole(&name, scope.file.origin(expression.span()))
}

/// The truth value of a node, also of one that is spelt as text.
pub(super) fn truth(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Bool(value) => Some(*value),
        Value::String(scalar) => match scalar.text.known() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn binary(operator: BinaryOperator, left: &Node, right: &Node) -> Option<bool> {
    let equal = || match (&left.value, &right.value) {
        (Value::Null, other) | (other, Value::Null) => match other {
            Value::Null => Some(true),
            Value::String(scalar) if !scalar.text.is_known() => None,
            _ => Some(false),
        },
        _ => {
            let (left, right) = (left.scalar_text()?, right.scalar_text()?);
            Some(left.known()? == right.known()?)
        }
    };
    let number = |node: &Node| node.scalar_text()?.known()?.parse::<f64>().ok();
    match operator {
        BinaryOperator::Eq => equal(),
        BinaryOperator::NotEq => equal().map(|equal| !equal),
        BinaryOperator::And => match (truth(left), truth(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        BinaryOperator::Or => match (truth(left), truth(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        BinaryOperator::Less => Some(number(left)? < number(right)?),
        BinaryOperator::LessEq => Some(number(left)? <= number(right)?),
        BinaryOperator::Greater => Some(number(left)? > number(right)?),
        BinaryOperator::GreaterEq => Some(number(left)? >= number(right)?),
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Mul
        | BinaryOperator::Div
        | BinaryOperator::Mod => None,
    }
}
