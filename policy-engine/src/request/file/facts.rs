//! The context and the grants of a request file.

use super::{GRANT, Reader};
use crate::{
    key::Key,
    request::{Context, ContextValue, Grant},
    syntax::node::{Node, Value},
    text::Text,
};

impl Reader {
    pub(super) fn grants(&mut self, node: &Node) -> Vec<Grant> {
        let Some(grants) = node.get("grants").filter(|grants| !grants.is_null()) else {
            return Vec::new();
        };
        let Some(items) = grants.as_list() else {
            self.error(
                grants.origin,
                format!("`grants` is a list of grants, not {}", grants.kind()),
            );
            return Vec::new();
        };
        items.iter().filter_map(|grant| self.grant(grant)).collect()
    }

    pub(super) fn grant(&mut self, node: &Node) -> Option<Grant> {
        let Some(members) = node.as_map() else {
            self.error(
                node.origin,
                format!("a grant is an object, not {}", node.kind()),
            );
            return None;
        };
        self.members(members, &GRANT, "a grant");
        let grantee = self.string(node, "grantee");
        if node.get("grantee").is_none_or(Node::is_null) {
            self.error(node.origin, "a grant needs a `grantee`");
        }
        let operations = self.operations(node);
        let context_equals = self.pairs(node, "contextEquals");
        let context_subset = self.pairs(node, "contextSubset");
        Some(Grant {
            grantee: Text::from(grantee?),
            operations,
            context_equals,
            context_subset,
        })
    }

    pub(super) fn operations(&mut self, node: &Node) -> Vec<String> {
        let Some(operations) = node.get("operations") else {
            self.error(node.origin, "a grant needs `operations`");
            return Vec::new();
        };
        let form = "`operations` is a list of strings with at least one in it";
        let Some(items) = operations.as_list().filter(|items| !items.is_empty()) else {
            self.error(operations.origin, form);
            return Vec::new();
        };
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            match item.as_str() {
                Some(name) => names.push(name.to_owned()),
                None => self.error(item.origin, form),
            }
        }
        names
    }

    /// A grant's condition on the encryption context.
    pub(super) fn pairs(&mut self, node: &Node, name: &str) -> Option<Vec<(String, Text)>> {
        let value = node.get(name).filter(|value| !value.is_null())?;
        let form = format!("`{name}` is an object of strings");
        let Some(members) = value.as_map() else {
            self.error(value.origin, form);
            return None;
        };
        self.once(members, &format!("`{name}`"));
        let mut pairs = Vec::with_capacity(members.len());
        for (key, value) in members {
            match (key.as_str(), value.as_text()) {
                (Some(key), Some(text)) => pairs.push((key.to_owned(), text.clone())),
                _ => self.error(value.origin, form.clone()),
            }
        }
        Some(pairs)
    }

    pub(super) fn context(&mut self, node: &Node) -> Context {
        let mut pairs = Vec::new();
        if let Some(given) = node.get("context").filter(|given| !given.is_null()) {
            let Some(members) = given.as_map() else {
                self.error(
                    given.origin,
                    format!(
                        "`context` is an object of condition keys, not {}",
                        given.kind()
                    ),
                );
                return Context::default();
            };
            self.once(members, "`context`");
            for (key, value) in members {
                let (Some(name), Some(value)) = (key.as_str(), self.context_value(value)) else {
                    continue;
                };
                pairs.push((Key::new(name.to_owned()), value));
            }
        }
        let unknown = node.get("unknown").filter(|unknown| !unknown.is_null());
        if let Some(unknown) = unknown.filter(|unknown| unknown.as_list().is_none()) {
            self.error(
                unknown.origin,
                format!(
                    "`unknown` is a list of names of condition keys, not {}",
                    unknown.kind()
                ),
            );
        }
        for name in unknown.and_then(Node::as_list).unwrap_or_default() {
            match name.as_str() {
                Some(key) => {
                    pairs.push((Key::new(key.to_owned()), ContextValue::Unknown(key.into())));
                }
                None => self.error(name.origin, "`unknown` lists names of condition keys"),
            }
        }
        Context::of(pairs)
    }

    pub(super) fn context_value(&mut self, node: &Node) -> Option<ContextValue> {
        match &node.value {
            Value::Null => Some(ContextValue::Absent),
            Value::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    match item.scalar_text() {
                        Some(value) => values.push(value),
                        None => self.error(
                            item.origin,
                            format!("a context value is a string, not {}", item.kind()),
                        ),
                    }
                }
                Some(ContextValue::Multi(values))
            }
            Value::Map(_) => {
                self.error(
                    node.origin,
                    "the value of a context key is a string, a list of strings, or null",
                );
                None
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                node.scalar_text().map(ContextValue::Single)
            }
        }
    }
}
