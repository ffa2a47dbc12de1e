//! Bare words that YAML reads as something else than the text that is meant (YAML 1.1, as Kubernetes and CloudFormation read it).
//!
//! The spelling is what is kept here, so no answer changes; what is deployed does.

use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use rules::sighting::{Sighting, SightingKind};

/// Texts of a manifest that stand where the API server takes nothing but text.
pub(super) fn manifests(documents: &[Node]) -> Vec<Sighting> {
    let mut found = Vec::new();
    for document in documents {
        manifest(document, &mut found);
    }
    found
}

/// Texts of a template that CloudFormation would pass on changed.
pub(super) fn templates(documents: &[Node]) -> Vec<Sighting> {
    let mut found = Vec::new();
    for document in documents {
        if let Some(resources) = document.get("Resources") {
            template(resources, &mut found);
        }
    }
    found
}

/// Names that are texts in every kind of manifest.
const NAMES: [&str; 5] = [
    "name",
    "namespace",
    "serviceAccountName",
    "secretProviderClass",
    "audience",
];
/// Maps of texts in every kind of manifest; `parameters` of a class have a rule of their own.
const MAPS: [&str; 4] = ["labels", "annotations", "matchLabels", "volumeAttributes"];

fn manifest(node: &Node, found: &mut Vec<Sighting>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| manifest(item, found)),
        Value::Map(members) => {
            for (key, value) in members {
                let name = key.as_str().unwrap_or("");
                if NAMES.contains(&name) {
                    found.extend(refused(name, value));
                } else if MAPS.contains(&name) {
                    let texts = value.as_map().unwrap_or_default();
                    found.extend(
                        texts.iter().filter_map(|(key, value)| {
                            refused(key.as_str().unwrap_or(name), value)
                        }),
                    );
                } else if !matches!(name, "data" | "stringData" | "parameters") {
                    manifest(value, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is no text is refused, whatever it is.
fn refused(name: &str, node: &Node) -> Option<Sighting> {
    let word = plain(node)?;
    let becomes = match &node.value {
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        _ => kind(&changed(&word)?),
    };
    Some(sighting(
        name,
        node,
        word,
        format!("{becomes}, which the API server refuses"),
    ))
}

/// Properties whose value is text.
const TEXTS: [&str; 12] = [
    "Name",
    "RoleName",
    "PolicyName",
    "ClusterName",
    "Namespace",
    "ServiceAccount",
    "RoleArn",
    "TargetRoleArn",
    "ExternalId",
    "AccountId",
    "SourceAccount",
    "AWS",
];

fn template(node: &Node, found: &mut Vec<Sighting>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| template(item, found)),
        Value::Map(members) => {
            let is_tag = node.get("Key").is_some() && node.get("Value").is_some();
            let tag = node.get("Key").and_then(Node::as_str).filter(|_| is_tag);
            for (key, value) in members {
                let name = key.as_str().unwrap_or("");
                let is_text = TEXTS.contains(&name)
                    || (is_tag && matches!(name, "Key" | "Value"))
                    // The keys of a condition are `prefix:name`.
                    || (name.contains(':') && !name.starts_with("Fn::"));
                let scalars = value.as_list().unwrap_or(std::slice::from_ref(value));
                if is_text
                    && scalars
                        .iter()
                        .all(|one| plain(one).is_some() || one.as_text().is_some())
                {
                    found.extend(
                        scalars
                            .iter()
                            .filter_map(|one| passed_on(tag.unwrap_or(name), one)),
                    );
                } else {
                    template(value, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn passed_on(name: &str, node: &Node) -> Option<Sighting> {
    let word = plain(node)?;
    let becomes = changed(&word)?;
    Some(sighting(name, node, word, format!("`{becomes}`")))
}

fn sighting(name: &str, node: &Node, word: String, becomes: String) -> Sighting {
    Sighting {
        kind: SightingKind::ImplicitType { word, becomes },
        what: name.to_owned(),
        origin: node.origin,
        other: Origin::NOWHERE,
    }
}

/// A scalar that is written without quotes: they belong to its place, so a bare word is as long as its place.
fn plain(node: &Node) -> Option<String> {
    let text = node.scalar_text()?.known()?.to_owned();
    let length = node.origin.span.end - node.origin.span.start;
    (usize::try_from(length) == Ok(text.len())).then_some(text)
}

fn kind(value: &str) -> &'static str {
    match value {
        "true" | "false" => "a truth value",
        _ => "a number",
    }
}

/// What a bare word becomes when it is read and written again, if that is another text.
fn changed(word: &str) -> Option<String> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "on" => return Some("true".to_owned()),
        "no" | "off" => return Some("false".to_owned()),
        _ => {}
    }
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let plain = digits.replace('_', "");
    let value = if plain.len() > 1
        && plain.bytes().all(|byte| byte.is_ascii_digit())
        && plain.starts_with('0')
    {
        // Octal where that is possible, else a number that loses its zeros.
        u64::from_str_radix(&plain, 8)
            .or_else(|_| plain.parse())
            .ok()?
            .to_string()
    } else if let Some(hex) = plain.strip_prefix("0x") {
        u64::from_str_radix(hex, 16).ok()?.to_string()
    } else if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        plain
    } else if is_float(&plain) {
        plain
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())?
            .to_string()
    } else {
        return None;
    };
    (value != word).then_some(value)
}

/// `1.10`, `1e3`; a version with two points and a date are texts.
fn is_float(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or("");
    let known =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    text.bytes().all(known) && mantissa.matches('.').count() <= 1 && !mantissa.contains('-')
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn words_change_as_yaml_1_1_reads_them() {
        let rows = [
            ("no", Some("false")),
            ("On", Some("true")),
            ("012345670123", Some("1402433619")),
            ("012345678901", Some("12345678901")),
            ("1e3", Some("1000")),
            ("1.10", Some("1.1")),
            ("0x1F", Some("31")),
            ("1_000", Some("1000")),
            ("111122223333", None),
            ("1.5", None),
            ("2012-10-17", None),
            ("1.2.3", None),
            ("true", None),
            ("dev", None),
            ("note", None),
            ("1a", None),
            ("", None),
        ];
        for (word, wanted) in rows {
            assert_eq!(changed(word).as_deref(), wanted, "{word}");
        }
    }
}
