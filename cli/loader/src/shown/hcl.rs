//! Terraform source: names, references and what readers understand of the resources of AWS; no other literal.

use super::{
    attributes::{self, Attribute},
    part::{Part, Parts},
    policy::{DOCUMENT, STATEMENT},
    tokens,
};
use hcl_edit::{
    Span as _,
    expr::{Expression, Object, ObjectKey, TraversalOperator},
    structure::{Block, Body},
};
use policy_engine::source::Span;
use std::ops::Range;

/// How the types of resources begin that are understood.
const TYPES: [&str; 9] = [
    "aws_iam_",
    "aws_eks_",
    "aws_kms_",
    "aws_secretsmanager_",
    "aws_ssm_parameter",
    "aws_organizations_",
    "aws_ram_",
    "aws_vpc_endpoint",
    "aws_s3_bucket_policy",
];

/// What is shown of the literals of an expression.
#[derive(Clone, Copy)]
enum Literals<'p> {
    /// All.
    Shown,
    /// Those of the attributes that are understood.
    Attributes,
    /// Those of a policy.
    Policy(&'p Part),
    /// Those of policies in it.
    Policies,
    /// None.
    Hidden,
}

/// Writes down which literals of a text are shown.
struct Reader<'t, 'p> {
    text: &'t str,
    parts: &'p mut Parts,
}

pub(super) fn body(text: &str, body: &Body, parts: &mut Parts) {
    let mut reader = Reader { text, parts };
    for attribute in body.attributes() {
        reader.expression(&attribute.value, Literals::Hidden);
    }
    for block in body.blocks() {
        reader.block(block, Literals::Hidden);
    }
}

impl Reader<'_, '_> {
    fn block(&mut self, block: &Block, outer: Literals<'_>) {
        let literals = match block.ident.as_str() {
            "resource" | "data" => {
                let kind = block.labels.first().map_or("", |label| label.as_str());
                if TYPES.iter().any(|start| kind.starts_with(start)) {
                    Literals::Attributes
                } else if kind.starts_with("aws_") {
                    Literals::Policies
                } else {
                    Literals::Hidden
                }
            }
            "locals" => Literals::Policies,
            _ => outer,
        };
        let has_key = block
            .body
            .attributes()
            .any(|attribute| attributes::is_key(attribute.key.as_str()));
        for attribute in block.body.attributes() {
            let literals = of_attribute(attribute.key.as_str(), has_key, literals);
            self.expression(&attribute.value, literals);
        }
        for inner in block.body.blocks() {
            self.block(inner, literals);
        }
    }

    fn expression(&mut self, expression: &Expression, literals: Literals<'_>) {
        match expression {
            Expression::Null(_) | Expression::Variable(_) => {}
            Expression::Bool(_)
            | Expression::Number(_)
            | Expression::String(_)
            | Expression::StringTemplate(_) => self.literal(expression.span(), literals),
            Expression::HeredocTemplate(_) => self.heredoc(expression.span(), literals),
            Expression::Array(items) => items
                .iter()
                .for_each(|item| self.expression(item, literals)),
            Expression::Object(object) => self.object(object, literals),
            Expression::Parenthesis(inner) => self.expression(inner.inner(), literals),
            Expression::Conditional(conditional) => {
                self.expression(&conditional.cond_expr, Literals::Hidden);
                self.expression(&conditional.true_expr, literals);
                self.expression(&conditional.false_expr, literals);
            }
            Expression::FuncCall(call) => call
                .args
                .iter()
                .for_each(|argument| self.expression(argument, literals)),
            Expression::Traversal(traversal) => {
                self.expression(&traversal.expr, Literals::Hidden);
                for operator in &traversal.operators {
                    if let TraversalOperator::Index(index) = operator.value() {
                        self.expression(index, Literals::Hidden);
                    }
                }
            }
            Expression::UnaryOp(operation) => self.expression(&operation.expr, literals),
            Expression::BinaryOp(operation) => {
                self.expression(&operation.lhs_expr, literals);
                self.expression(&operation.rhs_expr, literals);
            }
            Expression::ForExpr(each) => {
                let inside = match literals {
                    Literals::Shown => Literals::Shown,
                    _ => Literals::Hidden,
                };
                self.expression(&each.intro.collection_expr, inside);
                for inner in each
                    .key_expr
                    .iter()
                    .chain(each.cond.as_ref().map(|condition| &condition.expr))
                {
                    self.expression(inner, inside);
                }
                self.expression(&each.value_expr, literals);
            }
        }
    }

    fn object(&mut self, object: &Object, literals: Literals<'_>) {
        let names: Vec<&str> = object.iter().filter_map(|(key, _)| name(key)).collect();
        let has = |wanted: &str| names.contains(&wanted);
        let literals = match literals {
            Literals::Shown | Literals::Policy(_) | Literals::Hidden => literals,
            _ if has("Statement") => Literals::Policy(&DOCUMENT),
            _ if has("Effect") && (has("Action") || has("NotAction")) => {
                Literals::Policy(&STATEMENT)
            }
            _ => literals,
        };
        let has_key = names.iter().any(|name| attributes::is_key(name));
        for (key, value) in object {
            let name = name(key);
            if let ObjectKey::Expression(expression) = key {
                let is_word = name.is_some_and(|name| !name.contains(char::is_whitespace));
                let is_shown = is_word || matches!(literals, Literals::Shown);
                let literals = if is_shown {
                    Literals::Shown
                } else {
                    Literals::Hidden
                };
                self.expression(expression, literals);
            }
            let literals = match literals {
                Literals::Policy(part) => of_part(part.member(name.unwrap_or(""))),
                Literals::Attributes => of_attribute(name.unwrap_or(""), has_key, literals),
                Literals::Shown | Literals::Policies | Literals::Hidden => literals,
            };
            self.expression(value.expr(), literals);
        }
    }

    fn literal(&mut self, span: Option<Range<usize>>, literals: Literals<'_>) {
        let Some(span) = span else { return };
        let span = Span::new(span.start, span.end);
        if matches!(literals, Literals::Shown) {
            self.parts.show(span);
        } else {
            self.parts.hide(span);
        }
    }

    /// A text over many lines is shown when it is a policy.
    fn heredoc(&mut self, span: Option<Range<usize>>, literals: Literals<'_>) {
        let Some(span) = span else { return };
        let written = self.text.get(span.clone()).unwrap_or("");
        let start = written.find('\n').map_or(written.len(), |at| at + 1);
        let end = written.trim_end().rfind('\n').unwrap_or(written.len());
        let inside = written.get(start..end).unwrap_or("");
        let is_open = !matches!(literals, Literals::Hidden);
        if is_open && tokens::policy(inside, span.start + start, &mut Parts::default()) {
            tokens::policy(inside, span.start + start, self.parts);
        } else {
            self.parts.hide(Span::new(span.start, span.end));
        }
    }
}

fn name(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(ident) => Some(ident.as_str()),
        ObjectKey::Expression(expression) => expression.as_str(),
    }
}

fn of_attribute<'p>(name: &str, has_key: bool, literals: Literals<'p>) -> Literals<'p> {
    match literals {
        Literals::Attributes => match attributes::attribute(name, has_key) {
            Attribute::Text | Attribute::Tags => Literals::Shown,
            // A value inside another argument may be anything.
            Attribute::Inside => Literals::Policies,
        },
        other => other,
    }
}

fn of_part(part: Option<&Part>) -> Literals<'_> {
    match part {
        Some(Part::Text | Part::All) => Literals::Shown,
        Some(part) => Literals::Policy(part),
        None => Literals::Hidden,
    }
}
