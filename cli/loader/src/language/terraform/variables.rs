//! The values of variables: given by the user or by the call of a module, or the default.

use super::{
    plan::{bare, constant, is_uncounted, list, split_module, steps},
    references::{is_whole, plain},
    resolve::{Resolver, split_last},
    scope::Scope,
    source::Declaration,
};
use crate::value::{graft, hole, moved, text};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

impl Resolver<'_> {
    /// The value of a variable, with the optional members of its type.
    pub(super) fn variable(&self, module: &str, name: &str, place: Origin) -> Option<Node> {
        let value = self.given(module, name, place)?;
        Some(self.as_variable(module, name, value))
    }

    /// What the type of a variable makes of a value.
    pub(super) fn as_variable(&self, module: &str, name: &str, value: Node) -> Node {
        let declared = self
            .sources
            .block(&bare(module), &format!("variable.{name}"));
        let of = declared.and_then(|declaration| {
            Some((declaration.block.body.get_attribute("type")?, declaration))
        });
        match of {
            Some((of, declaration)) => {
                self.typed(value, &of.value, &plain(module, declaration.file))
            }
            None => value,
        }
    }

    /// The value that a variable is given where a module is called, or its default.
    fn given(&self, module: &str, name: &str, place: Origin) -> Option<Node> {
        let path = bare(module);
        let declared = self.sources.block(&path, &format!("variable.{name}"));
        let configured = self
            .plan
            .configuration(module)
            .and_then(|node| node.at(&["variables", name]));
        let is_true =
            |node: Option<&Node>| node.is_some_and(|node| matches!(node.value, Value::Bool(true)));
        let is_secret = is_true(configured.and_then(|node| node.get("sensitive")))
            || declared.is_some_and(|declaration| {
                let flag = declaration.block.body.get_attribute("sensitive");
                flag.is_some_and(|flag| flag.value.as_bool() == Some(true))
            });
        if is_secret {
            let within = if module.is_empty() {
                String::new()
            } else {
                format!(" in {module}")
            };
            let name = format!("var.{name}{within}, which is sensitive");
            return Some(hole(&name, place));
        }
        let default = || {
            let block = format!("variable.{name}");
            let declaration = self.sources.stating(&path, &block, "default")?;
            let default = declaration.block.body.get_attribute("default")?;
            let scope = plain(module, declaration.file);
            Some(self.eval(&default.value, &scope))
        };
        if module.is_empty() {
            let declared = self.plan.declared.as_ref();
            if let Some(given) = declared.and_then(|declared| declared.variables.get(name)) {
                return Some(given.clone());
            }
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
        let argument = self.sources.call(&path).and_then(|declaration| {
            let own = split_module(&path)?.1;
            let is_own = declaration.block.labels.first()?.as_str() == own;
            let attribute = declaration
                .block
                .body
                .get_attribute(name)
                .filter(|_| is_own)?;
            Some(self.eval(
                &attribute.value,
                &self.call_scope(module, &parent, &declaration),
            ))
        });
        if argument.is_some() {
            return argument;
        }
        let expression = self.plan.argument(module, name);
        if let Some(expression) = expression {
            if let Some(constant) = constant(expression) {
                return Some(moved(constant, place));
            }
            if !is_whole(expression) {
                return None;
            }
            let references = list(expression, "references");
            let first = references.first().and_then(Node::as_str)?;
            return self.reference(&parent, first, None, place);
        }
        default().or_else(|| Some(moved(configured?.get("default")?, place)))
    }

    /// What is known where a module is called.
    fn call_scope<'s>(
        &'s self,
        module: &str,
        parent: &str,
        declaration: &Declaration<'s>,
    ) -> Scope<'s> {
        let mut scope = plain(parent, declaration.file);
        let key = steps(module).pop().and_then(|(_, key)| key);
        let Some(key) = key else { return scope };
        let place = declaration.file.head(declaration.block);
        let counts = declaration.block.body.has_attribute("count");
        if is_uncounted(module) {
            let unknown = |part: &str| hole(&format!("{part} of {}", bare(module)), place);
            if counts {
                scope.count = Some(unknown("count.index"));
            } else {
                scope.each = Some((unknown("each.key"), unknown("each.value")));
            }
            return scope;
        }
        if counts {
            scope.count = Some(Node {
                value: Value::Number(key),
                origin: place,
            });
            return scope;
        }
        let key = text(key, place);
        let over = declaration.block.body.get_attribute("for_each");
        let value = over.and_then(|over| self.each_value(&self.eval(&over.value, &scope), &key));
        let value = value.unwrap_or_else(|| hole(&format!("each.value of {module}"), place));
        scope.each = Some((key, value));
        scope
    }
}
