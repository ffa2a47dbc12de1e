//! Removes values of secrets from a text before it is kept for excerpts.
//!
//! Each character of a value becomes asterisks of the same length, so that every other place stays where it is.

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
/// Words that say that a text may hold values, whether or not it can be read.
const SIGNS: [&str; 10] = [
    "planned_values",
    "terraform_version",
    "SecretString",
    "SecretBinary",
    "\"Value\"",
    "Value:",
    "Plaintext",
    "stringData",
    "kind: Secret",
    "\"Secret\"",
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
    SIGNS.iter().any(|sign| text.contains(sign))
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
            for (key, value) in members {
                let name = key.as_str().unwrap_or("");
                let holds = VALUES.contains(&name)
                    || (name == "Value" && !is_tag)
                    || (name == "Default" && is_hidden)
                    || name.ends_with("Password");
                if holds || (secret && matches!(name, "data" | "stringData")) {
                    leaves(value, spans);
                } else if secret && name == "metadata" {
                    applied(value, spans);
                } else {
                    collect(value, spans);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `kubectl apply` keeps the whole object, values included, in an annotation.
fn applied(metadata: &Node, spans: &mut Vec<Span>) {
    if let Some(copy) = metadata.at(&[
        "annotations",
        "kubectl.kubernetes.io/last-applied-configuration",
    ]) {
        leaves(copy, spans);
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
