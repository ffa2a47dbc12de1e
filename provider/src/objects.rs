//! The class of a mount: the engine's code reads and checks it, so that `ascp-policy check` and a mount cannot differ.

use crate::{attributes::Attributes, config::Config, error::MountError};
use policy_engine::{
    inventory::{
        Dialect,
        class::{ClassFault, Descriptor, Mounting, SecretProviderClass, read_objects, retyped},
    },
    source::{Origin, SourceId, Spanned},
    syntax::node::{Node, Value},
};
use std::collections::BTreeSet;

/// The dialect of this provider.
pub(crate) const DIALECT: Dialect = Dialect::Ours;
/// A Kubernetes object has at most 1.5 MiB.
const MAX_BYTES: usize = 1024 * 1024;
/// The bounds of the document: one process serves all pods of a node.
const LIMITS: yaml::Limits = yaml::Limits {
    depth: 32,
    nodes: 50_000,
    alias_nodes: 50_000,
    anchor_nodes: 50_000,
};
const MAX_WARNINGS: usize = 100;

/// The class of a mount with the attributes of the pod, and the warnings about it.
pub(crate) struct Class {
    facts: SecretProviderClass,
    /// Warnings; logged.
    pub(crate) warnings: Vec<String>,
}

/// The name, version and label that a region is asked for; an empty text is an absent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    /// Name or ARN.
    pub(crate) name: &'a str,
    /// The version.
    pub(crate) version: &'a str,
    /// The label.
    pub(crate) label: &'a str,
}

impl Class {
    /// Reads the attributes; the methods below report their faults.
    pub(crate) fn read(attributes: &Attributes) -> Self {
        let here = |text: &str| Spanned::new(text.to_owned(), Origin::NOWHERE);
        let parameters = attributes.all().filter(|(key, _)| *key != "objects");
        let mut facts = SecretProviderClass {
            cluster: String::new(),
            namespace: attributes.namespace().to_owned(),
            name: here(attributes.get("secretProviderClass")),
            provider: "aws".to_owned(),
            unquoted: Vec::new(),
            parameters: parameters
                .map(|(key, value)| (here(key), here(value)))
                .collect(),
            parameters_origin: Origin::NOWHERE,
            objects: Vec::new(),
            retyped: None,
            unreadable: None,
            synced: Vec::new(),
        };
        let mut warnings = Vec::new();
        match objects(attributes.get("objects"), &mut warnings) {
            Ok(objects) => facts.objects = objects,
            Err(reason) => facts.unreadable = Some(reason),
        }
        unknown_keys(&facts.objects, &mut warnings);
        Self { facts, warnings }
    }

    /// The class as the engine knows it.
    pub(crate) fn facts(&self) -> &SecretProviderClass {
        &self.facts
    }

    /// The objects, in document order.
    pub(crate) fn into_objects(self) -> Vec<Descriptor> {
        self.facts.objects
    }

    /// Reports the first fault of the parameters about identity, which upstream checks before the objects.
    pub(crate) fn check_identity(&self, mounting: &Mounting<'_>) -> Result<(), MountError> {
        self.check(mounting, is_of_identity)
    }

    /// Reports the first fault of the other parameters and of the objects. A doubt is a warning, or with `--strict-objects` a fault.
    pub(crate) fn check_objects(
        &mut self,
        mounting: &Mounting<'_>,
        config: &Config,
    ) -> Result<(), MountError> {
        self.check(mounting, |fault| {
            !is_of_identity(fault) && !is_left_to_others(fault)
        })?;
        let doubts = self.facts.doubts(mounting);
        if let (true, Some(first)) = (config.strict_objects, doubts.first()) {
            let first = &first.value;
            return Err(MountError::invalid(format!("{first} (--strict-objects)")));
        }
        let doubts = doubts.iter().map(|doubt| doubt.value.to_string());
        self.warnings.extend(doubts.take(MAX_WARNINGS));
        self.warn_about_use();
        Ok(())
    }

    fn check(
        &self,
        mounting: &Mounting<'_>,
        is_asked: impl Fn(&ClassFault) -> bool,
    ) -> Result<(), MountError> {
        let mut faults = self.facts.faults(mounting).into_iter();
        match faults.find(|fault| is_asked(&fault.value)) {
            Some(fault) => Err(MountError::invalid(fault.value.to_string())),
            None => Ok(()),
        }
    }

    /// Warns about valid objects with a surprising effect.
    fn warn_about_use(&mut self) {
        for object in self.facts.objects.iter().take(MAX_WARNINGS) {
            let name = &object.name.value;
            let failover = object.failover.as_ref();
            if failover.is_some_and(|failover| {
                let [name, version, label] = [&failover.name, &failover.version, &failover.label]
                    .map(|value| text(value.as_ref()));
                name.is_empty() && !(version.is_empty() && label.is_empty())
            }) {
                self.warnings.push(format!(
                    "the failoverObject of {name} has no objectName; its version and label apply in the failover region"
                ));
            }
            let file = self.facts.file_name(&object.base_name().value);
            if file.starts_with("..") {
                self.warnings.push(format!(
                    "the driver cannot sync {file} to a Kubernetes Secret, because its name begins with `..`"
                ));
            }
        }
    }
}

/// The driver refuses a class without objects, and the reader of JMESPath a path behind the call of AWS, as in upstream.
fn is_left_to_others(fault: &ClassFault) -> bool {
    matches!(
        fault,
        ClassFault::NoObjects | ClassFault::JmesPathInvalid { .. }
    )
}

fn is_of_identity(fault: &ClassFault) -> bool {
    matches!(
        fault,
        ClassFault::FailoverIsPrimary { .. } | ClassFault::UsePodIdentity { .. }
    )
}

/// Reads `objects`, and adds warnings about its spelling.
fn objects(written: &str, warnings: &mut Vec<String>) -> Result<Vec<Descriptor>, Spanned<String>> {
    let not_yaml = |problem: String| {
        let text = format!("error converting YAML to JSON: {problem}");
        Spanned::new(text, Origin::NOWHERE)
    };
    if written.len() > MAX_BYTES {
        let problem = format!("the document is longer than {MAX_BYTES} bytes");
        return Err(not_yaml(problem));
    }
    let documents = yaml::parse_within(SourceId(0), written, LIMITS).map_err(|error| {
        let before = written
            .as_bytes()
            .iter()
            .take(error.origin.span.start as usize);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        not_yaml(format!("line {line}: {}", error.message))
    })?;
    if documents.len() > 1 {
        warnings.push(
            "`objects` has several YAML documents; the provider reads only the first".to_owned(),
        );
    }
    let document = documents.first();
    let objects = read_objects(document, written)?;
    if let Some(node) = document {
        odd(node, written, warnings);
    }
    warnings.truncate(MAX_WARNINGS);
    Ok(objects)
}

/// Warns about repeated keys, and about values that the YAML of the AWS provider reads differently (DEV-4, DEV-5).
fn odd(node: &Node, written: &str, warnings: &mut Vec<String>) {
    let members = match &node.value {
        Value::List(items) => {
            return items.iter().for_each(|item| odd(item, written, warnings));
        }
        Value::Map(members) => members,
        _ => return,
    };
    let mut seen = BTreeSet::new();
    for (key, value) in members {
        if warnings.len() >= MAX_WARNINGS {
            return;
        }
        let key = key.as_str().unwrap_or_default();
        if !seen.insert(key.to_lowercase()) {
            warnings.push(format!(
                "`{key}` is repeated; only one of its values applies"
            ));
        }
        let span = value.origin.span;
        let typed = written.get(span.start as usize..span.end as usize);
        let plain = typed.filter(|typed| match value.as_str() {
            Some(text) => *typed == text,
            None => matches!(value.value, Value::Number(_) | Value::Bool(_)),
        });
        if let Some(text) = plain.filter(|text| retyped(text).is_some()) {
            warnings.push(format!(
                "`{key}: {text}` applies as written, but YAML 1.1 reads another value; put it in quotes"
            ));
        }
        odd(value, written, warnings);
    }
}

/// Warns about keys that this provider does not know.
fn unknown_keys(objects: &[Descriptor], warnings: &mut Vec<String>) {
    let mut warn = |keys: &[Spanned<String>], known: &[&str], place: &str| {
        for key in keys {
            let is_known = known
                .iter()
                .any(|known| key.value.eq_ignore_ascii_case(known));
            if !is_known && warnings.len() < MAX_WARNINGS {
                let key = &key.value;
                warnings.push(format!(
                    "the provider ignores `{key}`, which is not a key of {place}"
                ));
            }
        }
    };
    let (of_object, of_jmes) = (DIALECT.object_keys(), DIALECT.jmes_keys());
    for object in objects {
        warn(&object.unknown, &of_object, "an object");
        for entry in &object.jmes {
            warn(&entry.unknown, &of_jmes, "an entry of `jmesPath`");
        }
        if let Some(failover) = &object.failover {
            let known = DIALECT.failover_keys();
            warn(&failover.unknown, &known, "a `failoverObject`");
        }
    }
}

/// A text; empty if it is absent.
pub(crate) fn text(value: Option<&Spanned<String>>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

/// The name, version and label for the primary region.
pub(crate) fn primary(object: &Descriptor) -> Wanted<'_> {
    Wanted {
        name: &object.name.value,
        version: text(object.version.as_ref()),
        label: text(object.label.as_ref()),
    }
}

/// The name, version and label for the failover region.
pub(crate) fn failover(object: &Descriptor) -> Wanted<'_> {
    let own = primary(object);
    let Some(other) = &object.failover else {
        return own;
    };
    Wanted {
        name: or(text(other.name.as_ref()), own.name),
        version: or(text(other.version.as_ref()), own.version),
        label: or(text(other.label.as_ref()), own.label),
    }
}

fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}

/// Whether the provider parses the value as JSON.
pub(crate) fn uses_jmes(object: &Descriptor) -> bool {
    object.takes_all_members(DIALECT) || !object.jmes.is_empty()
}

/// The low nine bits of four octal digits, or the default.
pub(crate) fn mode(permission: Option<&Spanned<String>>, default: u32) -> u32 {
    u32::from_str_radix(text(permission), 8).unwrap_or(default) & 0o777
}
