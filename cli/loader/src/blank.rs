//! Removes values of secrets from a text before it is kept for excerpts.
//!
//! Each character of a value becomes asterisks of the same length, so that every other place stays where it is. What only may be
//! a value is removed as well: an excerpt loses little by it. What surely is one is told by [`crate::values`].

use policy_engine::{
    source::Span,
    syntax::node::{Node, Value},
};

/// Members that hold a value of a secret in an answer of AWS or in a template.
const VALUES: [&str; 5] = [
    "SecretString",
    "SecretStringTemplate",
    "SecretBinary",
    "Plaintext",
    "CiphertextBlob",
];
/// What names of variables and settings hold whose value nobody should see.
const TELLING: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "_pass",
    "secret_access_key",
    "secretaccesskey",
    "api_key",
    "apikey",
    "private_key",
    "privatekey",
    "_token",
    "authtoken",
];
/// Words that say that a text may hold values, whether or not it can be read.
const SIGNS: [&str; 12] = [
    "planned_values",
    "terraform_version",
    "secretstring",
    "secretbinary",
    "\"value\"",
    "value:",
    "plaintext",
    "stringdata",
    "\"secret\"",
    "noecho",
    "literals",
    "data:",
];

/// The text without values of secrets.
pub(super) fn blank(text: &str, documents: &[Node]) -> String {
    let mut spans = Vec::new();
    for node in documents {
        collect(node, &mut spans);
    }
    if spans.is_empty() {
        return text.to_owned();
    }
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        let range = bytes
            .get_mut(span.start as usize..span.end as usize)
            .unwrap_or_default();
        for byte in range
            .iter_mut()
            .filter(|byte| !matches!(**byte, b'\n' | b'\r' | b'"'))
        {
            *byte = b'*';
        }
    }
    // Whole values were overwritten, so no character is left in half.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a text that could not be read may hold values of secrets.
pub(super) fn may_hold_values(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let is_secret = |pair: &[&str]| matches!(pair, ["kind:", kind] if kind.trim_matches(['"', '\'']) == "secret");
    SIGNS.iter().any(|sign| lower.contains(sign))
        || is_telling(&lower)
        || words.windows(2).any(is_secret)
}

/// Whether a name says that its value is one of a secret.
pub(super) fn is_telling(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    TELLING.iter().any(|word| lower.contains(word))
}

fn collect(node: &Node, spans: &mut Vec<Span>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, spans)),
        Value::Map(members) => {
            let secret = node.get("kind").and_then(Node::as_str) == Some("Secret")
                && node.get("apiVersion").is_some();
            // `Key` and `Value` together are a tag; a `Value` without is that of a parameter.
            let is_tag = node.get("Key").is_some();
            let is_hidden = node.get("NoEcho").is_some();
            let variable = node.get("name").and_then(Node::as_str).unwrap_or("");
            for (key, value) in members {
                let name = key.as_str().unwrap_or("");
                let is_scalar = value.scalar_text().is_some();
                let holds = VALUES.contains(&name)
                    || (name == "Value" && !is_tag)
                    || (name == "Default" && is_hidden)
                    || name.ends_with("Password")
                    || (name == "value" && is_telling(variable))
                    || (is_scalar && is_telling(name))
                    || (secret && matches!(name, "data" | "stringData"))
                    // Of kustomize's generators, and what `kubectl apply` keeps: the whole object.
                    || name == "literals"
                    || name == "kubectl.kubernetes.io/last-applied-configuration";
                if holds {
                    leaves(value, spans);
                } else {
                    collect(value, spans);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn leaves(node: &Node, spans: &mut Vec<Span>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| leaves(item, spans)),
        Value::Map(members) => members.iter().for_each(|(_, value)| leaves(value, spans)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => spans.push(node.origin.span),
    }
}
