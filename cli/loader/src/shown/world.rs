//! The world file: what its schema describes.

use super::{
    part::{self, Part, Parts},
    policy,
};
use policy_engine::syntax::node::{Node, Value};
use serde_json::Value as Schema;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/world.schema.json")).unwrap_or_default()
});

pub(super) fn document(node: &Node, parts: &mut Parts) {
    walk(node, &concrete(&SCHEMA), parts);
}

/// The alternatives of a schema.
fn concrete(schema: &Schema) -> Vec<&Schema> {
    if let Some(name) = schema.get("$ref").and_then(Schema::as_str) {
        let name = name.trim_start_matches("#/$defs/");
        let schema = SCHEMA.get("$defs").and_then(|all| all.get(name));
        return schema.map(concrete).unwrap_or_default();
    }
    let choices = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|word| schema.get(word)?.as_array())
        .flatten()
        .flat_map(concrete);
    std::iter::once(schema).chain(choices).collect()
}

/// Whether a schema leaves open what a value is.
fn is_open(schema: &Schema) -> bool {
    let describes = |word: &&str| schema.get(*word).is_some();
    let words = [
        "type", "const", "enum", "anyOf", "oneOf", "allOf", "required", "not",
    ];
    schema.as_bool() == Some(true) || (schema.is_object() && !words.iter().any(describes))
}

fn is_scalar(schema: &Schema) -> bool {
    let is_text = |kind: &Schema| {
        kind.as_str()
            .is_some_and(|kind| kind != "object" && kind != "array")
    };
    let kind = schema.get("type");
    schema.get("const").is_some()
        || schema.get("enum").is_some()
        || kind.is_some_and(|kind| match kind.as_array() {
            Some(kinds) => kinds.iter().any(is_text),
            None => is_text(kind),
        })
}

fn walk(node: &Node, schemas: &[&Schema], parts: &mut Parts) {
    if schemas.iter().any(|schema| is_open(schema)) {
        return part::walk(node, &Part::All, parts);
    }
    match &node.value {
        Value::Map(_) if policy::is_document(node) => policy::document(node, parts),
        Value::Map(_) if policy::is_statement(node) => {
            part::walk(node, &policy::STATEMENT, parts);
        }
        Value::Map(members) => {
            for (key, value) in members {
                part::key(key, parts);
                let name = key.as_str().unwrap_or("");
                let of_member: Vec<_> = schemas
                    .iter()
                    .filter_map(|schema| member(schema, name))
                    .flat_map(concrete)
                    .collect();
                walk(value, &of_member, parts);
            }
        }
        Value::List(items) => {
            let of_items: Vec<_> = schemas
                .iter()
                .filter_map(|schema| schema.get("items"))
                .flat_map(concrete)
                .collect();
            for item in items {
                walk(item, &of_items, parts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if schemas.iter().any(|schema| is_scalar(schema)) {
                parts.show(node.origin.span);
            } else {
                part::unknown(node, parts);
            }
        }
    }
}

/// The schema of a member: by its name, by a pattern of names, or that of all others.
fn member<'s>(schema: &'s Schema, name: &str) -> Option<&'s Schema> {
    let named = schema
        .get("properties")
        .and_then(|members| members.get(name));
    let others = || {
        schema
            .get("additionalProperties")
            .filter(|others| others.is_object())
    };
    named.or_else(others)
}
