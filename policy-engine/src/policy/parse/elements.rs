//! The elements of a statement: lists, principals, conditions.

use super::{Mistake, Parser};
use crate::{
    policy::{
        condition::{OPERATORS, Operator, OperatorError},
        statement::{
            Condition, Form, ListElement, PrincipalElement, PrincipalEntry, PrincipalKind, Written,
        },
    },
    source::Spanned,
    syntax::{
        arn::Arn,
        node::{Node, Value},
    },
    text::Text,
};
use std::collections::HashSet;

impl Parser {
    /// An element that is a string or a list of strings, or its `Not…` form; not both.
    pub(super) fn list_element(
        &mut self,
        node: &Node,
        name: &str,
        not: &str,
    ) -> Option<ListElement> {
        let (plain, negated) = (node.entry(name), node.entry(not));
        if let (Some(_), Some((key, _))) = (plain, negated) {
            self.error(
                Mistake::ExclusiveElements,
                key.origin,
                format!("`{name}` and `{not}` exclude each other"),
                Some("keep one of them"),
            );
        }
        let (key, value) = plain.or(negated)?;
        let values = self.strings(value, key.as_str().unwrap_or(name));
        Some(ListElement {
            negated: plain.is_none(),
            key: key.origin,
            origin: value.origin,
            values,
        })
    }

    pub(super) fn principal_element(&mut self, node: &Node) -> Option<PrincipalElement> {
        let (plain, negated) = (node.entry("Principal"), node.entry("NotPrincipal"));
        if let (Some(_), Some((key, _))) = (plain, negated) {
            self.error(
                Mistake::ExclusiveElements,
                key.origin,
                "`Principal` and `NotPrincipal` exclude each other",
                Some("keep one of them"),
            );
        }
        let (key, value) = plain.or(negated)?;
        let entries = match &value.value {
            Value::String(scalar) if scalar.text.known() == Some("*") => {
                vec![PrincipalEntry {
                    kind: PrincipalKind::Everyone,
                    value: written(value),
                }]
            }
            // It may become `*` or an object.
            Value::String(scalar) if !scalar.text.is_known() => {
                vec![PrincipalEntry {
                    kind: PrincipalKind::Aws,
                    value: written(value),
                }]
            }
            Value::Map(members) => {
                if members.is_empty() {
                    let message = "a principal without types matches nobody";
                    self.odd(Mistake::EmptyPrincipal, value.origin, message);
                }
                members
                    .iter()
                    .flat_map(|(kind, value)| self.principals(kind, value))
                    .collect()
            }
            _ => {
                let help =
                    "{\"AWS\": \"arn:aws:iam::111122223333:role/name\"}, or \"*\" for everyone";
                self.error(
                    Mistake::PrincipalShape,
                    value.origin,
                    "a principal is `*` or an object of principal types",
                    Some(help),
                );
                Vec::new()
            }
        };
        Some(PrincipalElement {
            negated: plain.is_none(),
            key: key.origin,
            origin: value.origin,
            entries,
        })
    }

    pub(super) fn principals(&mut self, kind: &Node, value: &Node) -> Vec<PrincipalEntry> {
        let name = kind.as_str().unwrap_or("");
        let types = [
            PrincipalKind::Aws,
            PrincipalKind::Service,
            PrincipalKind::Federated,
            PrincipalKind::CanonicalUser,
        ];
        let Some(known_kind) = types.into_iter().find(|known| known.name() == name) else {
            // It is unknown which principals the values name.
            if !kind.as_text().is_none_or(Text::is_known) {
                return vec![PrincipalEntry {
                    kind: PrincipalKind::Aws,
                    value: written(kind),
                }];
            }
            let help = "the types are AWS, Service, Federated and CanonicalUser, in this spelling";
            self.error(
                Mistake::PrincipalType,
                kind.origin,
                format!("`{name}` is not a type of principal"),
                Some(help),
            );
            return Vec::new();
        };
        let values = self.strings(value, name);
        for value in &values {
            self.principal_value(known_kind, value);
        }
        values
            .into_iter()
            .map(|value| match (known_kind, value.text.known()) {
                (PrincipalKind::Aws, Some("*")) => PrincipalEntry {
                    kind: PrincipalKind::Everyone,
                    value,
                },
                _ => PrincipalEntry {
                    kind: known_kind,
                    value,
                },
            })
            .collect()
    }

    pub(super) fn principal_value(&mut self, kind: PrincipalKind, value: &Written) {
        let (Some(text), origin) = (value.text.known(), value.origin) else {
            return;
        };
        if text != "*" && text.contains(['*', '?']) {
            let help = "use \"*\" and test `aws:PrincipalArn` in the condition";
            self.error(
                Mistake::PrincipalWildcard,
                origin,
                "a principal has no wildcards inside",
                Some(help),
            );
            return;
        }
        if kind != PrincipalKind::Aws || text == "*" {
            return;
        }
        if Arn::parse(text)
            .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("group/"))
        {
            self.error(
                Mistake::PrincipalGroup,
                origin,
                "a group is not a principal",
                Some("name the users or a role"),
            );
        }
    }

    pub(super) fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        if self.leaves_open(node) {
            return Vec::new();
        }
        let Some(operators) = node.as_map() else {
            self.error(
                Mistake::JsonType,
                node.origin,
                format!("a condition is a JSON object, not {}", node.kind()),
                None,
            );
            return Vec::new();
        };
        self.duplicates(operators);
        if operators.is_empty() {
            let message = "a condition without operators restricts nothing";
            self.odd(Mistake::EmptyCondition, node.origin, message);
        }
        let mut conditions: Vec<_> = operators
            .iter()
            .flat_map(|(name, body)| self.operator(name, body))
            .collect();
        conditions.shrink_to_fit();
        conditions
    }

    pub(super) fn operator(&mut self, name: &Node, body: &Node) -> Vec<Condition> {
        if self.leaves_open(name) || self.leaves_open(body) {
            return Vec::new();
        }
        let written_name = name.as_str().unwrap_or("").to_owned();
        let Some(keys) = body.as_map() else {
            let message = format!(
                "`{written_name}` holds an object of condition keys, not {}",
                body.kind()
            );
            self.error(Mistake::JsonType, body.origin, message, None);
            return Vec::new();
        };
        if keys.is_empty() {
            let message = format!("`{written_name}` without keys restricts nothing");
            self.odd(Mistake::EmptyCondition, body.origin, message);
        }
        let parsed = Operator::parse(&written_name);
        if let Err(error) = &parsed
            && !keys.is_empty()
        {
            let help =
                nearest_operator(&written_name).map(|near| format!("did you mean `{near}`?"));
            let mistake = match error {
                OperatorError::Unknown { .. } => Mistake::UnknownOperator,
                OperatorError::NullIfExists => Mistake::NullIfExists,
            };
            self.error(mistake, name.origin, error.to_string(), help.as_deref());
        }
        let mut seen = HashSet::new();
        for (key, _) in keys {
            let name = key.as_str().map(str::to_ascii_lowercase);
            if name.is_some_and(|name| !seen.insert(name)) {
                let message = format!(
                    "the key `{}` appears twice under `{written_name}`",
                    key.as_str().unwrap_or("")
                );
                self.error(
                    Mistake::DuplicateKey,
                    key.origin,
                    message,
                    Some("put both values into one list if either may match"),
                );
            }
        }
        keys.iter()
            .map(|(key, value)| {
                self.mixed(value);
                let condition = Condition {
                    operator: Spanned::new(written_name.clone(), name.origin),
                    parsed: parsed.clone().ok(),
                    key: written(key),
                    origin: value.origin,
                    values: self.strings(value, "a condition value"),
                };
                self.dates(&condition);
                self.condition_rules(&condition);
                condition
            })
            .collect()
    }

    /// Reports a list that mixes JSON types.
    pub(super) fn mixed(&mut self, node: &Node) {
        let items = node.as_list().unwrap_or_default();
        let Some(first) = items.first() else { return };
        if let Some(other) = items.iter().find(|item| item.kind() != first.kind()) {
            let message = format!("the list holds {} and {}", first.kind(), other.kind());
            self.odd(Mistake::MixedTypes, other.origin, message);
        }
    }

    /// Strings of a value that is a string or a list; numbers and booleans count as their text.
    pub(super) fn strings(&mut self, node: &Node, what: &str) -> Vec<Written> {
        let (nodes, is_list) = match &node.value {
            Value::List(items) => (items.as_slice(), true),
            _ => (std::slice::from_ref(node), false),
        };
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            match &node.value {
                Value::String(_) | Value::Number(_) | Value::Bool(_) => values.push(written(node)),
                // IAM saves a null inside a list; it matches nothing.
                Value::Null if is_list => {}
                Value::Null | Value::List(_) | Value::Map(_) => {
                    self.error(
                        Mistake::JsonType,
                        node.origin,
                        format!("`{what}` takes strings, not {}", node.kind()),
                        None,
                    );
                }
            }
        }
        values
    }
}

fn written(node: &Node) -> Written {
    let text = node.scalar_text().unwrap_or_default();
    let offsets = match &node.value {
        Value::String(scalar) => scalar.offsets.clone(),
        _ => crate::source::OffsetMap::from_start(node.origin.span.start),
    };
    Written {
        text,
        origin: node.origin,
        offsets,
        form: match &node.value {
            Value::Number(_) => Form::Number,
            Value::Bool(_) => Form::Boolean,
            Value::Null | Value::String(_) | Value::List(_) | Value::Map(_) => Form::String,
        },
    }
}

/// The operator whose name differs only in case or in a few letters.
fn nearest_operator(name: &str) -> Option<&'static str> {
    if name.len() > 64 {
        return None;
    }
    let stem = name.rsplit(':').next().unwrap_or(name);
    let lower = stem.to_ascii_lowercase();
    let names = OPERATORS.iter().map(|(known, ..)| *known);
    names
        .map(|known| {
            (
                strsim::levenshtein(&known.to_ascii_lowercase(), &lower),
                known,
            )
        })
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, known)| known)
}
