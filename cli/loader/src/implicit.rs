//! Bare words that YAML reads as another value than the intended text (YAML 1.1, as Kubernetes and CloudFormation read it).
//!
//! The reader keeps the spelling, so no answer changes; the deployed value does. Only places that hold texts in every version of a
//! kind are checked: schemas, values of charts and similar places may hold anything.

use crate::language::kubernetes::object::{called, objects};
use policy_engine::sighting::{Sighting, SightingKind};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

/// Texts of a manifest at places where the API server accepts only text.
pub(super) fn manifests(documents: &[Node]) -> Vec<Sighting> {
    let mut texts = Texts::default();
    for object in documents.iter().flat_map(objects) {
        texts.object = called(&object);
        texts.metadata(object.get("metadata"));
        let spec = object.get("spec");
        let template = match object.get("kind").and_then(Node::as_str) {
            Some("Pod") => {
                texts.pod(spec);
                continue;
            }
            Some("CronJob") => object.at(&["spec", "jobTemplate", "spec", "template"]),
            Some("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job") => {
                texts.all(spec.and_then(|spec| spec.at(&["selector", "matchLabels"])));
                spec.and_then(|spec| spec.get("template"))
            }
            _ => continue,
        };
        texts.metadata(template.and_then(|template| template.get("metadata")));
        texts.pod(template.and_then(|template| template.get("spec")));
    }
    texts.sightings
}

/// Where the API server takes nothing but text.
#[derive(Default)]
struct Texts {
    object: String,
    sightings: Vec<Sighting>,
}

impl Texts {
    fn metadata(&mut self, node: Option<&Node>) {
        let Some(node) = node else { return };
        self.members(node, &["name", "generateName", "namespace"]);
        self.all(node.get("labels"));
        self.all(node.get("annotations"));
    }

    fn pod(&mut self, node: Option<&Node>) {
        let Some(node) = node else { return };
        self.members(node, &["serviceAccountName"]);
        let list = |name: &str| {
            node.get(name)
                .and_then(Node::as_list)
                .unwrap_or_default()
                .iter()
        };
        for container in list("containers").chain(list("initContainers")) {
            self.members(container, &["name", "image"]);
            let env = container
                .get("env")
                .and_then(Node::as_list)
                .unwrap_or_default();
            for variable in env {
                self.members(variable, &["name", "value"]);
            }
        }
        for volume in list("volumes") {
            self.members(volume, &["name"]);
            self.all(volume.at(&["csi", "volumeAttributes"]));
        }
    }

    fn members(&mut self, node: &Node, names: &[&str]) {
        for name in names {
            if let Some(value) = node.get(name) {
                self.refused(name, value);
            }
        }
    }

    fn all(&mut self, node: Option<&Node>) {
        for (key, value) in node.and_then(Node::as_map).unwrap_or_default() {
            self.refused(key.as_str().unwrap_or(""), value);
        }
    }

    /// What is no text is refused, whatever it is.
    fn refused(&mut self, name: &str, node: &Node) {
        let becomes = match &node.value {
            Value::Bool(_) => Some("a truth value"),
            Value::Number(_) => Some("a number"),
            _ => plain(node)
                .and_then(|word| changed(&word))
                .map(|value| kind(&value)),
        };
        if let (Some(word), Some(becomes)) = (plain(node), becomes) {
            let becomes = format!("{becomes}, which the API server refuses");
            self.add(name, node, word, becomes);
        }
    }

    fn add(&mut self, name: &str, node: &Node, word: String, becomes: String) {
        // A number may be a password; a word for a truth value is none.
        let is_word = word
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'~');
        let word = if is_word { word } else { String::new() };
        let sighting = Sighting {
            kind: SightingKind::ImplicitType { word, becomes },
            object: self.object.clone(),
            what: name.to_owned(),
            origin: node.origin,
            other: Origin::NOWHERE,
        };
        // What an anchor repeats is one mistake.
        if self
            .sightings
            .iter()
            .all(|known| known.origin != sighting.origin)
        {
            self.sightings.push(sighting);
        }
    }
}

/// Texts of a template that CloudFormation would pass on changed.
pub(super) fn templates(documents: &[Node]) -> Vec<Sighting> {
    let mut texts = Texts::default();
    for document in documents {
        let resources = document
            .get("Resources")
            .and_then(Node::as_map)
            .unwrap_or_default();
        for (name, resource) in resources {
            name.as_str().unwrap_or("").clone_into(&mut texts.object);
            if let Some(properties) = resource.get("Properties") {
                template(properties, &mut texts);
            }
        }
    }
    texts.sightings
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

fn template(node: &Node, texts: &mut Texts) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| template(item, texts)),
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
                let is_plain =
                    |scalar: &Node| plain(scalar).is_some() || scalar.as_text().is_some();
                if is_text && scalars.iter().all(is_plain) {
                    for scalar in scalars {
                        passed_on(tag.unwrap_or(name), scalar, texts);
                    }
                } else {
                    template(value, texts);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn passed_on(name: &str, node: &Node, texts: &mut Texts) {
    let Some(word) = plain(node) else { return };
    if let Some(becomes) = changed(&word) {
        let is_number = becomes.bytes().any(|byte| byte.is_ascii_digit());
        let becomes = if is_number {
            "another number".to_owned()
        } else {
            format!("`{becomes}`")
        };
        texts.add(name, node, word, becomes);
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
