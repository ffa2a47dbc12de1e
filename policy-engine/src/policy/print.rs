//! A policy document as canonical JSON; parsing the printed text gives the same document.

use super::{
    PolicyDocument,
    statement::{Effect, PrincipalElement, PrincipalKind, Statement, Written},
};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A document in AWS's form: without places.
#[derive(Clone, Copy, Debug)]
pub struct Canonical<'a>(pub &'a PolicyDocument);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(document) = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(version) = &document.version {
            map.serialize_entry("Version", &version.value)?;
        }
        if let Some(id) = &document.id {
            map.serialize_entry("Id", &id.value)?;
        }
        let statements: Vec<_> = document.statements.iter().map(Plain).collect();
        map.serialize_entry("Statement", &statements)?;
        map.end()
    }
}

/// A part of a document without places.
struct Plain<'a, T>(&'a T);

impl Serialize for Plain<'_, Statement> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(statement) = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(sid) = &statement.sid {
            map.serialize_entry("Sid", &sid.value)?;
        }
        if let Some(effect) = &statement.effect {
            map.serialize_entry(
                "Effect",
                if effect.value == Effect::Allow {
                    "Allow"
                } else {
                    "Deny"
                },
            )?;
        }
        if let Some(principal) = &statement.principal {
            let name = if principal.negated {
                "NotPrincipal"
            } else {
                "Principal"
            };
            map.serialize_entry(name, &Plain(principal))?;
        }
        if let Some(action) = &statement.action {
            map.serialize_entry(
                if action.negated {
                    "NotAction"
                } else {
                    "Action"
                },
                &Strings(&action.values),
            )?;
        }
        if let Some(resource) = &statement.resource {
            map.serialize_entry(
                if resource.negated {
                    "NotResource"
                } else {
                    "Resource"
                },
                &Strings(&resource.values),
            )?;
        }
        if !statement.conditions.is_empty() {
            map.serialize_entry("Condition", &Conditions(statement))?;
        }
        map.end()
    }
}

struct Conditions<'a>(&'a Statement);

struct Keys<'a>(&'a Statement, &'a str);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut printed: Vec<&str> = Vec::new();
        for condition in &self.0.conditions {
            let operator = condition.operator.value.as_str();
            if !printed.contains(&operator) {
                printed.push(operator);
                map.serialize_entry(operator, &Keys(self.0, operator))?;
            }
        }
        map.end()
    }
}

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for condition in self
            .0
            .conditions
            .iter()
            .filter(|condition| condition.operator.value == self.1)
        {
            map.serialize_entry(&condition.key.text.to_string(), &Strings(&condition.values))?;
        }
        map.end()
    }
}

struct Strings<'a>(&'a [Written]);

impl Serialize for Strings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [value] => serializer.serialize_str(&value.text.to_string()),
            many => serializer.collect_seq(many.iter().map(|value| value.text.to_string())),
        }
    }
}

impl Serialize for Plain<'_, PrincipalElement> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(principal) = self;
        let named = |kind: PrincipalKind| -> Vec<String> {
            let of_kind = principal.entries.iter().filter(|entry| match entry.kind {
                PrincipalKind::Everyone => kind == PrincipalKind::Aws,
                other => other == kind,
            });
            of_kind.map(|entry| entry.value.text.to_string()).collect()
        };
        if let [entry] = principal.entries.as_slice()
            && entry.kind == PrincipalKind::Everyone
        {
            return serializer.serialize_str("*");
        }
        let mut map = serializer.serialize_map(None)?;
        for kind in [
            PrincipalKind::Aws,
            PrincipalKind::Service,
            PrincipalKind::Federated,
            PrincipalKind::CanonicalUser,
        ] {
            match named(kind).as_slice() {
                [] => {}
                [value] => map.serialize_entry(kind.name(), value)?,
                many => map.serialize_entry(kind.name(), many)?,
            }
        }
        map.end()
    }
}
