//! What the type of a variable makes of a value: texts of numbers, sets without order, no members that the type does not name, and
//! optional members with their defaults.
//!
//! Terraform documentation, "Type Constraints", "Conversion of Complex Types" and "Optional Object Type Attributes".

use super::{
    elements::{as_text, set},
    numbers,
    resolve::Resolver,
    scope::Scope,
};
use crate::value::{hole, hole_name, text, truth};
use hcl_edit::{
    Span as _,
    expr::{Expression, FuncCall, Object, ObjectKey},
};
use policy_engine::syntax::node::{Node, Value};

impl Resolver<'_> {
    /// The value of a variable of that type.
    pub(super) fn typed(&self, value: Node, of: &Expression, scope: &Scope<'_>) -> Node {
        if hole_name(&value).is_some() {
            return value;
        }
        if let Expression::Variable(name) = of {
            return primitive(value, name.as_str());
        }
        let Expression::FuncCall(call) = of else {
            return value;
        };
        let inner = call.args.iter().next();
        self.budget
            .deeper(|| match (call.name.name.as_str(), inner) {
                ("object", Some(Expression::Object(members))) => {
                    self.object(value.clone(), members, scope)
                }
                ("list" | "map", Some(inner)) => self.each(value.clone(), inner, scope),
                ("set", Some(inner)) => {
                    let items = self.each(value.clone(), inner, scope);
                    set(&items, items.origin).unwrap_or(items)
                }
                ("tuple", Some(Expression::Array(types))) => {
                    let mut value = value.clone();
                    if let Value::List(items) = &mut value.value {
                        for (item, of) in items.iter_mut().zip(types) {
                            *item = self.typed(item.clone(), of, scope);
                        }
                    }
                    value
                }
                ("optional", Some(inner)) => self.typed(value.clone(), inner, scope),
                _ => value.clone(),
            })
            .unwrap_or(value)
    }

    fn each(&self, mut value: Node, of: &Expression, scope: &Scope<'_>) -> Node {
        let typed = |item: &mut Node| *item = self.typed(item.clone(), of, scope);
        match &mut value.value {
            Value::List(items) => items.iter_mut().for_each(typed),
            Value::Map(members) => members.iter_mut().map(|(_, item)| item).for_each(typed),
            _ => {}
        }
        value
    }

    fn object(&self, mut value: Node, of: &Object, scope: &Scope<'_>) -> Node {
        let origin = value.origin;
        let Value::Map(members) = &mut value.value else {
            return value;
        };
        let mut named = Vec::new();
        let mut is_named = true;
        for (key, of) in of {
            let name = match key {
                ObjectKey::Ident(name) => name.as_str().to_owned(),
                ObjectKey::Expression(key) => match self.eval(key, scope).as_str() {
                    Some(name) => name.to_owned(),
                    None => {
                        is_named = false;
                        continue;
                    }
                },
            };
            named.push(name.clone());
            let mut known = members.iter_mut();
            let member = known.find(|(key, _)| key.as_str() == Some(&name));
            match (member, optional(of.expr())) {
                // Null counts as not set where there is a default.
                (Some((_, member)), Some(call)) if member.is_null() => {
                    *member = self.default(call, scope);
                }
                (Some((_, member)), _) => {
                    *member = self.typed(member.clone(), of.expr(), scope);
                }
                (None, Some(call)) => {
                    let default = self.default(call, scope);
                    members.push((text(name, origin), default));
                }
                (None, None) => {}
            }
        }
        if is_named {
            let is_kept = |key: &Node| {
                key.as_str()
                    .is_none_or(|key| named.iter().any(|name| name == key))
            };
            members.retain(|(key, _)| is_kept(key));
        }
        value
    }

    /// The default of `optional(type, default)`; null where it has none.
    fn default(&self, call: &FuncCall, scope: &Scope<'_>) -> Node {
        let mut arguments = call.args.iter();
        match (arguments.next(), arguments.next()) {
            (Some(of), Some(default)) => self.typed(self.eval(default, scope), of, scope),
            _ => Node {
                value: Value::Null,
                origin: scope.file.origin(call.span()),
            },
        }
    }
}

/// A value of the type `string`, `number` or `bool`; a value that does not fit, which Terraform refuses, is unknown.
fn primitive(value: Node, of: &str) -> Node {
    let is_open = value.as_text().is_some_and(|text| !text.is_known());
    // A document whose text was not written out yet.
    let is_document = matches!(value.value, Value::List(_) | Value::Map(_)) && of == "string";
    if value.is_null() || is_open || is_document {
        return value;
    }
    let origin = value.origin;
    let converted = match of {
        "string" => as_text(&value),
        "number" => {
            let text = value.scalar_text();
            let number = text.and_then(|text| numbers::plain(text.known()?));
            number.map(|number| Node {
                value: Value::Number(number),
                origin,
            })
        }
        "bool" => truth(&value).map(|truth| Node {
            value: Value::Bool(truth),
            origin,
        }),
        _ => return value,
    };
    converted.unwrap_or_else(|| hole(&format!("a value that is no {of}"), origin))
}

fn optional(of: &Expression) -> Option<&FuncCall> {
    let call = of.as_func_call()?;
    (call.name.name.as_str() == "optional").then_some(call)
}
