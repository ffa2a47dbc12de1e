//! Finds values of secrets in what is read: they are removed from a text before it is kept for excerpts, and told as being there.
//!
//! Each character of a value becomes asterisks of the same length, so that every other place stays where it is.

use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use rules::sighting::{Holder, Sighting, SightingKind};

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

/// A text that may be the value of a secret.
struct Held<'n> {
    value: &'n Node,
    /// The member that holds it.
    member: &'n str,
    /// The Kubernetes Secret that it belongs to.
    secret: Option<&'n Node>,
    /// Whether it is a secret for sure, and stands there itself: no argument of a function, no plain parameter.
    certain: bool,
}

/// The text without values of secrets.
pub(super) fn blank(text: &str, documents: &[Node]) -> String {
    let held = held(documents);
    if held.is_empty() {
        return text.to_owned();
    }
    let mut bytes = text.as_bytes().to_vec();
    for span in held.iter().map(|held| held.value.origin.span) {
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

/// The values that somebody wrote into a text, one for each object that holds some; never what they are.
pub(super) fn sightings(documents: &[Node]) -> Vec<Sighting> {
    let mut told: Vec<Origin> = Vec::new();
    let written = held(documents).into_iter().filter(is_written);
    let first = written.filter(|held| {
        let Some(secret) = held.secret else {
            return true;
        };
        let new = !told.contains(&secret.origin);
        told.push(secret.origin);
        new
    });
    first
        .map(|held| Sighting {
            kind: SightingKind::Value(Holder::Text),
            what: match held.secret {
                Some(secret) => format!("Secret {}", name(secret)),
                None => held.member.to_owned(),
            },
            origin: held.value.origin,
            other: Origin::NOWHERE,
        })
        .collect()
}

/// `dev/db`
fn name(object: &Node) -> String {
    let part = |name: &str| {
        let part = object.at(&["metadata", name]);
        part.and_then(Node::as_str).map(str::to_owned)
    };
    let name = part("name").unwrap_or_default();
    match part("namespace") {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name,
    }
}

fn is_written(held: &Held<'_>) -> bool {
    held.certain && held.value.as_str().is_some_and(is_value)
}

/// Whether a text is a value itself: no reference that is filled in later, no word that waits for one, no ciphertext of KMS.
pub(super) fn is_value(text: &str) -> bool {
    const WAITING: [&str; 7] = [
        "changeme",
        "change_me",
        "change-me",
        "replace",
        "placeholder",
        "redacted",
        "example",
    ];
    const FILLED: [&str; 4] = ["{{", "${", "$(", "***"];
    let lower = text.to_lowercase();
    let is_bracketed = text.starts_with('<') && text.ends_with('>');
    let is_open = is_bracketed
        || text.trim().is_empty()
        || text.starts_with("AQICA")
        || FILLED.iter().any(|part| text.contains(part))
        || WAITING.iter().any(|word| lower.contains(word));
    !is_open
}

/// Whether a text that could not be read may hold values of secrets.
pub(super) fn may_hold_values(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

fn held(documents: &[Node]) -> Vec<Held<'_>> {
    let mut found = Vec::new();
    for node in documents {
        collect(node, &mut found);
    }
    found
}

fn collect<'n>(node: &'n Node, found: &mut Vec<Held<'n>>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Map(members) => {
            let is_secret = node.get("kind").and_then(Node::as_str) == Some("Secret")
                && node.get("apiVersion").is_some();
            let secret = is_secret.then_some(node);
            // `Key` and `Value` together are a tag; a `Value` without is that of a parameter.
            let is_tag = node.get("Key").is_some();
            let is_hidden = node.get("NoEcho").is_some();
            let is_secure = node.get("Type").and_then(Node::as_str) == Some("SecureString");
            let variable = node.get("name").and_then(Node::as_str).unwrap_or("");
            for (key, value) in members {
                let member = key.as_str().unwrap_or("");
                let holds = VALUES.contains(&member)
                    || (member == "Value" && !is_tag)
                    || (member == "Default" && is_hidden)
                    || member.ends_with("Password");
                let (member, holds) = match member {
                    "data" | "stringData" => (member, is_secret),
                    "value" if variable.ends_with("PASSWORD") => (variable, true),
                    _ => (member, holds),
                };
                if holds {
                    // A template of a generated secret names the user, and a parameter may hold any setting.
                    let certain = match member {
                        "SecretStringTemplate" => false,
                        "Value" => is_secure,
                        _ => secret.is_some() || value.as_map().is_none(),
                    };
                    leaves(value, (member, secret, certain), found);
                } else if is_secret && member == "metadata" {
                    applied(value, secret, found);
                } else {
                    collect(value, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `kubectl apply` keeps the whole object, values included, in an annotation.
fn applied<'n>(metadata: &'n Node, secret: Option<&'n Node>, found: &mut Vec<Held<'n>>) {
    let annotation = "kubectl.kubernetes.io/last-applied-configuration";
    if let Some(copy) = metadata.at(&["annotations", annotation]) {
        leaves(copy, (annotation, secret, true), found);
    }
}

fn leaves<'n>(
    node: &'n Node,
    (member, secret, certain): (&'n str, Option<&'n Node>, bool),
    found: &mut Vec<Held<'n>>,
) {
    let inner = match &node.value {
        Value::List(items) => items.iter().collect(),
        Value::Map(members) => members.iter().map(|(_, value)| value).collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(Held {
                value: node,
                member,
                secret,
                certain,
            });
            Vec::new()
        }
    };
    for node in inner {
        leaves(node, (member, secret, certain), found);
    }
}
