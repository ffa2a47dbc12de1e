//! From the YAML tree to entries: keys without regard to case, the typed characters of every scalar.

use super::{Descriptor, Failover, JmesEntry, Objects, yaml, yaml::Node};
use crate::{error::MountError, go::parse_bool};
use std::{collections::BTreeMap, rc::Rc};

const PREFIX: &str = "Failed to load SecretProviderClass:";

/// Reads the document; a class without objects reads as an empty list.
pub(super) fn read(text: &str) -> Result<Objects, MountError> {
    let (document, more) = yaml::parse(text).map_err(|problem| {
        MountError::invalid(format!("{PREFIX} error converting YAML to JSON: {problem}"))
    })?;
    let mut reader = Reader::default();
    if more {
        reader.warn("only the first YAML document of `objects` is read");
    }
    let items = match document.as_deref() {
        None => &[][..],
        Some(node) if node.is_null() => &[],
        Some(Node::List(items)) => items,
        Some(_) => return Err(wrong("`objects` must be a list of mappings")),
    };
    let mut descriptors = Vec::with_capacity(items.len());
    for item in items {
        descriptors.push(reader.descriptor(item)?);
    }
    Ok(Objects {
        descriptors,
        warnings: reader.warnings,
    })
}

fn wrong(problem: impl AsRef<str>) -> MountError {
    MountError::invalid(format!("{PREFIX} {}", problem.as_ref()))
}

#[derive(Default)]
struct Reader {
    warnings: Vec<String>,
}

type Members = BTreeMap<String, Rc<Node>>;

impl Reader {
    fn warn(&mut self, text: impl Into<String>) {
        if self.warnings.len() < 100 {
            self.warnings.push(text.into());
        }
    }

    fn descriptor(&mut self, node: &Node) -> Result<Descriptor, MountError> {
        if node.is_null() {
            let text = "Empty descriptor entry in SecretProviderClass";
            return Err(MountError::invalid(text));
        }
        let mut members = self.members(node)?;
        let mut text = |reader: &mut Self, key: &str| reader.text(&mut members, key);
        let mut descriptor = Descriptor {
            name: text(self, "objectName")?,
            type_text: text(self, "objectType")?,
            alias: text(self, "objectAlias")?,
            version: text(self, "objectVersion")?,
            label: text(self, "objectVersionLabel")?,
            permission: text(self, "filePermission")?,
            mount_object: true,
            ..Descriptor::default()
        };
        descriptor.mount_object = self.truth(&mut members, "mountObject")?.unwrap_or(true);
        descriptor.jmes_all = self.truth(&mut members, "jmesPathAll")?.unwrap_or(false);
        if let Some(node) = take(&mut members, "jmesPath") {
            descriptor.jmes = self.jmes(&node)?;
        }
        if let Some(node) = take(&mut members, "failoverObject") {
            descriptor.failover = self.failover(&node)?;
        }
        self.unknown(&members, "an object");
        Ok(descriptor)
    }

    fn jmes(&mut self, node: &Node) -> Result<Vec<JmesEntry>, MountError> {
        let Node::List(items) = node else {
            return Err(wrong("`jmesPath` must be a list of mappings"));
        };
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            if item.is_null() {
                entries.push(JmesEntry::default());
                continue;
            }
            let mut members = self.members(item)?;
            entries.push(JmesEntry {
                path: self.text(&mut members, "path")?,
                alias: self.text(&mut members, "objectAlias")?,
                permission: self.text(&mut members, "filePermission")?,
                allow_non_string: self.truth(&mut members, "allowNonString")?.unwrap_or(false),
            });
            self.unknown(&members, "an entry of `jmesPath`");
        }
        Ok(entries)
    }

    fn failover(&mut self, node: &Node) -> Result<Failover, MountError> {
        let mut members = self.members(node)?;
        let failover = Failover {
            name: self.text(&mut members, "objectName")?,
            version: self.text(&mut members, "objectVersion")?,
            label: self.text(&mut members, "objectVersionLabel")?,
        };
        self.unknown(&members, "a `failoverObject`");
        Ok(failover)
    }

    /// The members by lower-case key. Of spellings that differ in case the one that sorts last wins, as upstream,
    /// which sorts keys; of equal spellings the last one.
    fn members(&mut self, node: &Node) -> Result<Members, MountError> {
        let Node::Map(written) = node else {
            return Err(wrong("an object must be a mapping"));
        };
        let mut merged = Vec::new();
        let mut own = Vec::new();
        for (key, value) in written {
            let Node::Scalar { text, plain } = &**key else {
                return Err(wrong("a key must be text"));
            };
            if text == "<<" && *plain {
                merge(value, &mut merged)?;
            } else {
                own.push((text.clone(), Rc::clone(value)));
            }
        }
        let mut spelled: BTreeMap<String, Rc<Node>> = merged.into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        for (key, value) in own {
            if !seen.insert(key.to_lowercase()) {
                self.warn(format!("`{key}` is written more than once; one is used"));
            }
            spelled.insert(key, value);
        }
        let lowered = spelled
            .into_iter()
            .map(|(key, value)| (key.to_lowercase(), value));
        Ok(lowered.collect())
    }

    /// The characters of a scalar as they were typed (DEV-4).
    fn text(&mut self, members: &mut Members, key: &str) -> Result<String, MountError> {
        let Some(node) = take(members, key) else {
            return Ok(String::new());
        };
        match &*node {
            Node::Scalar { .. } if node.is_null() => Ok(String::new()),
            Node::Scalar { text, plain } => {
                if *plain && yaml_1_1_changes(text) {
                    self.warn(format!(
                        "`{key}: {text}` is used as typed; YAML 1.1 reads something else, so put it in quotes"
                    ));
                }
                Ok(text.clone())
            }
            Node::List(_) | Node::Map(_) => Err(wrong(format!("`{key}` must be text"))),
        }
    }

    fn truth(&mut self, members: &mut Members, key: &str) -> Result<Option<bool>, MountError> {
        let text = self.text(members, key)?;
        if text.is_empty() {
            return Ok(None);
        }
        match parse_bool(&text) {
            Some(truth) => Ok(Some(truth)),
            None => Err(wrong(format!("`{key}` must be true or false"))),
        }
    }

    fn unknown(&mut self, members: &Members, place: &str) {
        for key in members.keys() {
            self.warn(format!("`{key}` is not a key of {place}; it is ignored"));
        }
    }
}

fn take(members: &mut Members, key: &str) -> Option<Rc<Node>> {
    members.remove(&key.to_lowercase()).filter(|node| {
        let null_container = node.is_null() && matches!(key, "jmesPath" | "failoverObject");
        !null_container
    })
}

/// What `<<` brings: the members of a mapping, or of several, of which the first wins.
fn merge(node: &Node, into: &mut Vec<(String, Rc<Node>)>) -> Result<(), MountError> {
    match node {
        Node::Map(members) => {
            for (key, value) in members {
                if let Node::Scalar { text, .. } = &**key
                    && !into.iter().any(|(have, _)| have == text)
                {
                    into.push((text.clone(), Rc::clone(value)));
                }
            }
            Ok(())
        }
        Node::List(items) => items.iter().try_for_each(|item| match &**item {
            Node::Map(_) => merge(item, into),
            _ => Err(wrong("`<<` must name mappings")),
        }),
        Node::Scalar { .. } => Err(wrong("`<<` must name a mapping")),
    }
}

/// Whether upstream's YAML 1.1 typing would change the characters.
fn yaml_1_1_changes(text: &str) -> bool {
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "yes" | "on" | "n" | "no" | "off"
    ) || (matches!(text.to_ascii_lowercase().as_str(), "true" | "false")
        && text.chars().any(|character| character.is_ascii_uppercase()));
    if word {
        return true;
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return false;
    }
    let number = digits.replace('_', "");
    let radix = [("0x", 16), ("0b", 2), ("0o", 8)]
        .iter()
        .any(|(prefix, radix)| {
            number
                .strip_prefix(prefix)
                .is_some_and(|rest| u128::from_str_radix(rest, *radix).is_ok())
        });
    if radix {
        return true;
    }
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        // `010` is octal; `08` is none and stays text.
        let octal =
            number.len() > 1 && number.starts_with('0') && number.bytes().all(|byte| byte < b'8');
        return octal || number.len() != digits.len() || text.starts_with('+');
    }
    number
        .parse::<f64>()
        .is_ok_and(|value| value.to_string() != text)
}
