//! Evaluates Terraform expressions to values with their places; a value that needs a provider, a clock or the network is a hole.
//!
//! Terraform documentation, "Expressions".

use super::{
    elements::last_of_each,
    functions, numbers,
    order::ordered,
    references::Got,
    resolve::Resolver,
    scope::Scope,
    truth::binary,
    unknown::{placed, unknown},
};
use crate::value::{align, moved, scalar, size, text, truth};
use hcl_edit::{
    Span as _,
    expr::{Expression, ForExpr, ObjectKey, TraversalOperator, UnaryOperator},
    structure::{Block, Body},
};
use policy_engine::{
    source::{OffsetMap, Origin},
    syntax::node::{Node, Value},
    text::Text,
};

impl Resolver<'_> {
    pub(super) fn eval(&self, expression: &Expression, scope: &Scope<'_>) -> Node {
        let origin = scope.file.origin(expression.span());
        self.budget
            .deeper(|| self.eval_inner(expression, scope, origin))
            .unwrap_or_else(|| placed("a value that depends on too many others", origin))
    }

    fn eval_inner(&self, expression: &Expression, scope: &Scope<'_>, origin: Origin) -> Node {
        let node = |value| Node { value, origin };
        match expression {
            Expression::Null(_) => node(Value::Null),
            Expression::Bool(value) => node(Value::Bool(*value.value())),
            Expression::Number(number) => {
                // Terraform keeps all digits of a large number, which a floating-point number does not.
                let spelt = number.span().and_then(|span| scope.file.text.get(span));
                let made = spelt.and_then(numbers::plain).or_else(|| {
                    let float = number.value().as_f64()?;
                    numbers::plain(&format!("{float}"))
                });
                made.map_or_else(
                    || unknown(expression, scope),
                    |made| node(Value::Number(made)),
                )
            }
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
                node(Value::Map(last_of_each(members)))
            }
            Expression::StringTemplate(template) => self.template(template.iter(), scope, origin),
            Expression::HeredocTemplate(heredoc) => {
                self.template(heredoc.template.iter(), scope, origin)
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
                // A document that was read before has places of its own.
                if name == "file"
                    && let Some(path) = call.args.iter().next()
                    && let Some(document) = self.sources.documents.of(scope.file.id, path)
                    && self.budget.spend(size(document))
                {
                    return document.clone();
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
                let made = match (name, call.args.iter().next(), arguments.as_slice()) {
                    ("templatefile", Some(path), [_, names]) => {
                        self.template_of(path, &arguments, names, scope, origin)
                    }
                    _ => self.of_file(name, &arguments, origin),
                };
                let made = made.or_else(|| functions::call(name, &arguments, origin, &self.budget));
                made.unwrap_or_else(|| unknown(expression, scope))
            }
            Expression::UnaryOp(operation) => {
                let inner = self.eval(&operation.expr, scope);
                match (operation.operator.value(), truth(&inner), &inner.value) {
                    (UnaryOperator::Not, Some(value), _) => node(Value::Bool(!value)),
                    (UnaryOperator::Neg, _, Value::Number(number)) => {
                        let negated = match number.strip_prefix('-') {
                            Some(positive) => positive.to_owned(),
                            None => format!("-{number}"),
                        };
                        numbers::plain(&negated).map_or_else(
                            || unknown(expression, scope),
                            |number| node(Value::Number(number)),
                        )
                    }
                    _ => unknown(expression, scope),
                }
            }
            Expression::BinaryOp(operation) => {
                let left = self.eval(&operation.lhs_expr, scope);
                let right = self.eval(&operation.rhs_expr, scope);
                binary(*operation.operator.value(), &left, &right)
                    .map_or_else(|| unknown(expression, scope), node)
            }
            Expression::ForExpr(expression_for) => self
                .for_expression(expression_for, scope, origin)
                .unwrap_or_else(|| unknown(expression, scope)),
        }
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
                // Values of one key become a list.
                Some(key) => {
                    let key = self.eval(key, &inner);
                    let name = key
                        .scalar_text()
                        .filter(policy_engine::text::Text::is_known)?;
                    let mut known = members.iter_mut();
                    let group = known.find(|(key, _)| key.scalar_text().as_ref() == Some(&name));
                    match group {
                        Some((
                            _,
                            Node {
                                value: Value::List(items),
                                ..
                            },
                        )) => items.push(value),
                        _ => {
                            let value = Value::List(vec![value]);
                            members.push((key, Node { value, origin }));
                        }
                    }
                }
            }
        }
        let value = if expression.key_expr.is_some() {
            Value::Map(members)
        } else {
            Value::List(list)
        };
        Some(Node { value, origin })
    }

    /// The collection of a `for` or `for_each`: keys and values.
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
                .unwrap_or_else(|| vec![placed("a block that depends on too many others", origin)]);
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

    /// The blocks of a `dynamic`; a hole if its collection is unknown, because there may be no block.
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
            let unknown = match over {
                Some(over) => unknown(&over.value, scope),
                None => placed(&format!("for_each of the dynamic \"{name}\""), place),
            };
            return vec![unknown];
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

    /// A value at its use: a plain value has the place of its use, a document keeps the places of its text.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hcl::SourceFile,
        language::terraform::accounts::Accounts,
        language::terraform::plan::{Declared, Plan},
        language::terraform::references::plain,
        language::terraform::source::Sources,
        value::hole_name,
    };
    use policy_engine::{source::SourceId, syntax::json};

    /// Expressions, each with the value that `terraform console` of Terraform 1.11 prints for it.
    const CONSOLE: &str = include_str!("../../../../../fixtures/terraform/console.json");

    /// Expressions of the table whose value is unknown here.
    const UNKNOWN: [&str; 27] = [
        r#"transpose({ a = ["1", "2"], b = ["2"] })"#,
        r#"format("%03d", 7)"#,
        r#"format("%q", "a")"#,
        r#"cidrsubnet("10.0.0.0/16", 8, 2)"#,
        r#"md5("a")"#,
        "pow(2, 3)",
        "log(8, 2)",
        r#"format("%.2f", 1.234)"#,
        r#"format("%x", 255)"#,
        r#""1" == 1"#,
        r#"cidrhost("10.0.0.0/16", 5)"#,
        r#"urlencode("a b/c")"#,
        r#"sha256("a")"#,
        "signum(-2)",
        r#"format("%5s|", "a")"#,
        r#"format("%-5s|", "a")"#,
        r#""${0.1 + 0.2}""#,
        r#"contains([1,2],"1")"#,
        r#"contains(["1"],1)"#,
        r#"upper("ß")"#,
        r#"yamldecode("a: 010").a"#,
        r#"yamldecode("a: yes").a"#,
        r#"yamldecode("a: 0x1F").a"#,
        r#"yamldecode("a: 2020-01-01").a"#,
        r#"yamldecode("a: 12:30").a"#,
        r#"upper("ﬁ")"#,
        r#"title("ß a")"#,
    ];

    fn same(ours: &Node, theirs: &Node) -> bool {
        match (&ours.value, &theirs.value) {
            (Value::List(ours), Value::List(theirs)) => {
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(theirs)
                        .all(|(ours, theirs)| same(ours, theirs))
            }
            (Value::Map(ours), Value::Map(theirs)) => {
                ours.len() == theirs.len()
                    && theirs.iter().all(|(key, theirs)| {
                        let mut ours = ours.iter();
                        let ours = ours.find(|(ours, _)| ours.as_str() == key.as_str());
                        ours.is_some_and(|(_, ours)| same(ours, theirs))
                    })
            }
            (Value::Null, Value::Null) => true,
            _ => ours.scalar_text().is_some() && ours.scalar_text() == theirs.scalar_text(),
        }
    }

    #[test]
    fn expressions_have_the_values_of_terraform() {
        let table = json::parse(SourceId(0), CONSOLE).unwrap();
        let plan = Plan {
            resources: Vec::new(),
            root: None,
            providers: None,
            variables: None,
            outdated: Vec::new(),
            declared: Some(Declared::default()),
        };
        let sources = Sources::default();
        let resolver = Resolver::new(&plan, &sources, Accounts::default());
        let mut unknown = Vec::new();
        let mut wrong = Vec::new();
        for row in table.as_list().unwrap() {
            let row = row.as_list().unwrap();
            let written = row[0].as_str().unwrap();
            let text = format!("x = {written}\n");
            let body: Body = text.parse().unwrap();
            let file = SourceFile {
                id: SourceId(1),
                text,
            };
            let attribute = body.get_attribute("x").unwrap();
            let ours = resolver.eval(&attribute.value, &plain("", &file));
            if hole_name(&ours).is_some() {
                unknown.push(written);
            } else if !same(&ours, &row[1]) {
                wrong.push((written, format!("{:?}", ours.value)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(unknown, UNKNOWN);
    }
}
