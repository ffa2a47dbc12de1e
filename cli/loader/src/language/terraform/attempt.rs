//! `try` and `can`: whether an expression has a value, ends with an error, or is not known yet.

use super::{plan::bare, references::Got, resolve::Resolver, scope::Scope, unknown::unknown_text};
use crate::value::hole_name;
use hcl_edit::{
    Span as _,
    expr::{Expression, TraversalOperator},
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

impl Resolver<'_> {
    /// `try` takes the first argument without an error, `can` states whether there is one.
    ///
    /// Terraform documentation, "try Function" and "can Function": a value that is not known yet is no error.
    pub(super) fn attempt<'e>(
        &self,
        name: &str,
        arguments: impl Iterator<Item = &'e Expression>,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Node {
        let truth = |value| Node {
            value: Value::Bool(value),
            origin,
        };
        for argument in arguments {
            let value = self.eval(argument, scope);
            let is_known = hole_name(&value).is_none();
            let fails = !is_known && self.fails(argument, scope);
            match name {
                "can" if fails => return truth(false),
                "can" if is_known && matches!(argument, Expression::Traversal(_)) => {
                    return truth(true);
                }
                "can" => break,
                _ if !fails => return value,
                _ => {}
            }
        }
        unknown_text(scope, origin)
    }

    /// Whether an expression ends with an error: it names a member that a known value does not have.
    fn fails(&self, expression: &Expression, scope: &Scope<'_>) -> bool {
        let Expression::Traversal(traversal) = expression else {
            return false;
        };
        let steps: Vec<_> = traversal
            .operators
            .iter()
            .map(hcl_edit::Decorated::value)
            .collect();
        let origin = scope.file.origin(expression.span());
        let (mut got, used) = match &traversal.expr {
            Expression::Variable(ident) => {
                if self.has_no_instance(ident.as_str(), &steps, scope) {
                    return true;
                }
                self.root(ident.as_str(), &steps, scope, origin)
            }
            inner => (Some(Got::Value(self.eval(inner, scope))), 0),
        };
        for step in steps.into_iter().skip(used) {
            // Of a resource a plan leaves out what is null.
            let Some(before @ Got::Value(_)) = got.take() else {
                return false;
            };
            let name = match step {
                TraversalOperator::GetAttr(name) => Some(name.as_str().to_owned()),
                TraversalOperator::LegacyIndex(index) => Some(index.value().to_string()),
                TraversalOperator::Index(index) => {
                    let key = self.eval(index, scope).scalar_text();
                    key.and_then(|key| key.known().map(str::to_owned))
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => None,
            };
            let Some(name) = name else { return false };
            if matches!(&before, Got::Value(node) if lacks(node, &name)) {
                return true;
            }
            got = self.member(before, &name);
        }
        false
    }

    /// Whether `aws_iam_role.pod[0]` is an instance of a resource whose `count` or `for_each` makes none.
    fn has_no_instance(&self, kind: &str, steps: &[&TraversalOperator], scope: &Scope<'_>) -> bool {
        let [
            TraversalOperator::GetAttr(name),
            TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_),
            ..,
        ] = steps
        else {
            return false;
        };
        let name = format!("{kind}.{}", name.as_str());
        let declared = format!("resource.{name}");
        let is_declared = self
            .sources
            .block(&bare(&scope.module), &declared)
            .is_some();
        let instances = self.index.get(&(scope.module.clone(), name));
        is_declared && instances.is_none_or(Vec::is_empty)
    }
}

/// Whether a value certainly has no such member.
fn lacks(node: &Node, name: &str) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(members) => members
            .iter()
            .all(|(key, _)| key.as_str().is_some_and(|key| key != name)),
        Value::List(items) => {
            let is_open = items.iter().any(|item| hole_name(item).is_some());
            !is_open && name.parse::<usize>().is_ok_and(|at| at >= items.len())
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
