//! Finds values of secrets in manifests, templates and saved answers. Their presence is reported, never their
//! content.

mod text;

use text::is_setting;
pub(super) use text::is_value;

use crate::language::kubernetes::object::{called, objects};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use policy_engine::sighting::{Holder, Sighting, SightingKind};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

/// The values in a file, at most one for each resource.
pub(super) fn sightings(documents: &[Node]) -> Vec<Sighting> {
    let mut sightings = Vec::new();
    for document in documents {
        for object in objects(document) {
            manifest(&object, &mut sightings);
        }
        template(document, &mut sightings);
        answer(document, &mut sightings);
    }
    sightings
}

fn value(what: String, node: &Node) -> Sighting {
    Sighting {
        kind: SightingKind::Value(Holder::Text),
        object: what.clone(),
        what,
        origin: node.origin,
        other: Origin::NOWHERE,
    }
}

/// Keys of a Secret whose values are not confidential.
const PUBLIC: [&str; 18] = [
    "ca.crt",
    "tls.crt",
    "type",
    "url",
    "name",
    "project",
    "username",
    "user",
    "host",
    "hostname",
    "port",
    "database",
    "dbname",
    "region",
    "server",
    "endpoint",
    "email",
    "enableOCI",
];

/// The last words of keys of a Secret whose values are not confidential: `DB_USER`, `accessType`.
const PUBLIC_ENDS: [&str; 10] = [
    "user", "username", "host", "hostname", "port", "type", "region", "database", "dbname", "email",
];

fn is_public(key: &str) -> bool {
    let is_upper = key.bytes().all(|byte| !byte.is_ascii_lowercase());
    let last = key.rsplit(['_', '-', '.']).next().unwrap_or(key);
    let capital = last.rfind(|letter: char| letter.is_ascii_uppercase());
    let word = capital.filter(|_| !is_upper).and_then(|at| last.get(at..));
    let word = word.unwrap_or(last).to_ascii_lowercase();
    PUBLIC.contains(&key) || PUBLIC_ENDS.contains(&word.as_str())
}

/// Whether a key of a Secret names a secret.
fn is_secret(key: &str) -> bool {
    const WORDS: [&str; 9] = [
        "pass", "secret", "token", "key", "cred", "auth", "private", "cert", "pwd",
    ];
    let lower = key.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// The most letters of a text that is a setting, such as `update` or `info`.
const LONGEST_WORD: usize = 12;

/// Whether a text is a word or a number, and not random.
fn is_word(text: &str) -> bool {
    let text = text.trim();
    let is_setting = text.len() <= LONGEST_WORD
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_setting || text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn manifest(object: &Node, sightings: &mut Vec<Sighting>) {
    // What sops keeps is encrypted.
    if object.get("sops").is_some() {
        return;
    }
    let called = called(object);
    match object.get("kind").and_then(Node::as_str) {
        Some("Secret") => {
            let entries = |name: &str| {
                object
                    .get(name)
                    .and_then(Node::as_map)
                    .unwrap_or_default()
                    .iter()
            };
            let is_private = |key: &Node, text: &str| {
                let key = key.as_str().unwrap_or("");
                let is_plain = || is_word(text) || is_setting(text);
                !is_public(key) && is_value(text) && (is_secret(key) || !is_plain())
            };
            let plain = entries("stringData")
                .filter(|(key, node)| node.as_str().is_some_and(|text| is_private(key, text)));
            let encoded = entries("data")
                .filter(|(key, node)| decoded(node).is_some_and(|text| is_private(key, &text)));
            if let Some((_, node)) = plain.chain(encoded).next() {
                sightings.push(value(called, node));
            }
        }
        Some("ConfigMap") => {
            let data = object
                .get("data")
                .and_then(Node::as_map)
                .unwrap_or_default();
            let own = data
                .iter()
                .filter(|(key, node)| key.as_str().is_some_and(is_variable) && holds(node));
            sightings.extend(own.map(|(key, node)| {
                value(format!("{called} {}", key.as_str().unwrap_or("")), node)
            }));
        }
        _ => variables(object, &called, sightings),
    }
}

/// Variables of containers: `{name: DB_PASSWORD, value: …}`.
fn variables(node: &Node, called: &str, sightings: &mut Vec<Sighting>) {
    match &node.value {
        Value::List(items) => items
            .iter()
            .for_each(|item| variables(item, called, sightings)),
        Value::Map(members) => {
            for (key, inner) in members {
                let list = inner.as_list().filter(|_| key.as_str() == Some("env"));
                for item in list.unwrap_or_default() {
                    let name = item.get("name").and_then(Node::as_str).unwrap_or("");
                    if let Some(node) = item
                        .get("value")
                        .filter(|node| is_variable(name) && holds(node))
                    {
                        sightings.push(value(format!("{called} {name}"), node));
                    }
                }
                variables(inner, called, sightings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a variable is a password by its name; switches such as `ALLOW_EMPTY_PASSWORD` have a word for a value.
fn is_variable(name: &str) -> bool {
    let upper = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let ends = [
        "PASSWORD",
        "PASSWD",
        "SECRET_ACCESS_KEY",
        "API_KEY",
        "API_TOKEN",
        "AUTH_TOKEN",
        "DB_PASS",
    ];
    upper && ends.iter().any(|end| name.ends_with(end))
}

/// Parameters without echo that have a default, and properties that hold a password.
fn template(document: &Node, sightings: &mut Vec<Sighting>) {
    let section = |name: &str| {
        let members = document
            .get(name)
            .and_then(Node::as_map)
            .unwrap_or_default()
            .iter();
        members.filter_map(|(key, node)| Some((key.as_str()?, node)))
    };
    if document.get("Resources").is_none() {
        return;
    }
    for (name, parameter) in section("Parameters") {
        if let Some(node) = parameter
            .get("Default")
            .filter(|node| parameter.get("NoEcho").is_some() && holds(node))
        {
            sightings.push(value(format!("{name}.Default"), node));
        }
    }
    for (name, resource) in section("Resources") {
        if let Some(properties) = resource.get("Properties") {
            property(properties, name, sightings);
        }
    }
}

fn property(node: &Node, resource: &str, sightings: &mut Vec<Sighting>) {
    match &node.value {
        Value::List(items) => items
            .iter()
            .for_each(|item| property(item, resource, sightings)),
        Value::Map(members) => {
            for (key, inner) in members {
                let name = key.as_str().unwrap_or("");
                let is_secret = matches!(name, "SecretString" | "SecretBinary" | "AuthToken")
                    || name.ends_with("Password")
                    || is_variable(name);
                if is_secret && holds(inner) {
                    sightings.push(value(format!("{resource}.{name}"), inner));
                } else {
                    property(inner, resource, sightings);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What `get-secret-value` and `get-parameter --with-decryption` answer.
fn answer(document: &Node, sightings: &mut Vec<Sighting>) {
    if document.get("ARN").is_some() {
        let name = document
            .get("Name")
            .and_then(Node::as_str)
            .unwrap_or("SecretString");
        let held = ["SecretString", "SecretBinary"]
            .iter()
            .filter_map(|member| document.get(member));
        sightings.extend(
            held.filter(|node| holds(node))
                .map(|node| value(name.to_owned(), node)),
        );
    }
    let many = document
        .get("Parameters")
        .and_then(Node::as_list)
        .unwrap_or_default();
    for parameter in many.iter().chain(document.get("Parameter")) {
        let is_secure = parameter.get("Type").and_then(Node::as_str) == Some("SecureString");
        if let Some(node) = parameter
            .get("Value")
            .filter(|node| is_secure && holds(node))
        {
            let name = parameter
                .get("Name")
                .and_then(Node::as_str)
                .unwrap_or("Value");
            sightings.push(value(name.to_owned(), node));
        }
    }
}

fn holds(node: &Node) -> bool {
    node.as_str().is_some_and(is_value)
}

fn decoded(node: &Node) -> Option<String> {
    let bytes = STANDARD
        .decode(node.as_str()?.split_whitespace().collect::<String>())
        .ok()?;
    // A key may be no text at all.
    Some(String::from_utf8(bytes).unwrap_or_else(|_| "bytes".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_public_by_their_last_word() {
        let public = [
            "DB_USER",
            "accessType",
            "db-host",
            "user",
            "ca.crt",
            "smtpPort",
        ];
        assert!(public.iter().all(|key| is_public(key)));
        let private = [
            "DB_PASSWORD",
            "userToken",
            "secret",
            "typewriter",
            "api-key",
        ];
        assert!(!private.iter().any(|key| is_public(key)));
    }

    #[test]
    fn variables_of_containers_are_recognised_by_their_names() {
        assert!(
            [
                "DB_PASSWORD",
                "AWS_SECRET_ACCESS_KEY",
                "PGPASSWORD",
                "X_API_KEY"
            ]
            .iter()
            .all(|name| is_variable(name))
        );
        assert!(
            !["DB_PASSWORD_FILE", "adminPassword", "TOKEN_URL", "PORT"]
                .iter()
                .any(|name| is_variable(name))
        );
    }
}
