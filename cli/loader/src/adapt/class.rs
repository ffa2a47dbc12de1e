//! A SecretProviderClass as the provider reads it: the list of objects is YAML inside a string (provider.md section 6).
//!
//! What the provider refuses is no problem of reading: it is kept as it is written, or as the reason why it cannot be
//! read, and judged later.

use super::{
    batch::Batch,
    object::{self, SPEC},
};
use crate::{
    fields::{member, spelt},
    resource::Resource,
};
use policy_engine::{
    inventory::{
        Descriptor, FailoverObject, JmesEntry, SecretProviderClass, SyncedKey, SyncedSecret,
    },
    source::Spanned,
    syntax::node::{Node, Value},
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = object::name(resource);
    let namespace = batch.namespace(resource, &name);
    let spec = resource.stated(SPEC);
    let entry = spec.as_deref().and_then(|spec| spec.entry("parameters"));
    let parameters = entry.map(|(_, value)| value);
    let members = parameters.and_then(Node::as_map).unwrap_or_default();
    let texts = members
        .iter()
        .filter(|(key, _)| key.as_str() != Some("objects"));
    let unquoted = members
        .iter()
        .filter(|(_, value)| matches!(value.value, Value::Bool(_) | Value::Number(_)));
    let provider = spec
        .as_deref()
        .and_then(|spec| spec.get("provider")?.as_str());
    let mut class = SecretProviderClass {
        provider: provider.unwrap_or_default().to_owned(),
        unquoted: unquoted
            .filter_map(|(key, value)| Some(Spanned::new(key.as_str()?.to_owned(), value.origin)))
            .collect(),
        cluster: batch.setting.cluster.clone(),
        namespace,
        parameters: texts
            .filter_map(|(key, value)| Some((spelt(key)?, spelt(value)?)))
            .collect(),
        parameters_origin: entry.map_or(name.origin, |(key, _)| key.origin),
        name,
        objects: Vec::new(),
        unreadable: None,
        synced: spec.as_deref().map(synced).unwrap_or_default(),
    };
    match parameters
        .and_then(|parameters| parameters.get("objects"))
        .map(|node| objects(node, batch.text))
    {
        Some(Ok(objects)) => class.objects = objects,
        Some(Err(reason)) => class.unreadable = Some(reason),
        None => {}
    }
    batch.loading.inventory.classes.push(class);
}

/// `secretObjects`; what has another shape is refused by the API server and left out.
fn synced(spec: &Node) -> Vec<SyncedSecret> {
    let entries = spec
        .get("secretObjects")
        .and_then(Node::as_list)
        .unwrap_or_default();
    let data = |entry: &Node| -> Vec<SyncedKey> {
        let items = entry.get("data").and_then(Node::as_list);
        let items = items.unwrap_or_default().iter();
        items
            .map(|item| SyncedKey {
                origin: item.origin,
                object: member(item, "objectName"),
                key: member(item, "key"),
            })
            .collect()
    };
    let entries = entries.iter().map(|entry| SyncedSecret {
        origin: entry.origin,
        name: member(entry, "secretName"),
        kind: member(entry, "type"),
        labels: super::volume::texts(entry.get("labels")),
        data: data(entry),
    });
    entries.collect()
}

type Reason = Spanned<String>;

fn objects(node: &Node, text: &str) -> Result<Vec<Descriptor>, Reason> {
    let scalar = match &node.value {
        Value::String(scalar) => scalar,
        Value::Null => return Ok(Vec::new()),
        _ => {
            return Err(reason(
                node,
                &format!(
                    "`objects` is a string that holds a YAML list, not {}",
                    node.kind()
                ),
            ));
        }
    };
    let written = scalar.text.known().unwrap_or("");
    let documents =
        yaml::parse_embedded(node.origin.source, written, &scalar.offsets).map_err(|error| {
            Spanned::new(
                format!("error converting YAML to JSON: {}", error.message),
                error.origin,
            )
        })?;
    let Some(first) = documents.first() else {
        return Ok(Vec::new());
    };
    let Some(items) = first.as_list() else {
        return Err(reason(
            first,
            &format!("`objects` is a list of mappings, not {}", first.kind()),
        ));
    };
    items.iter().map(|item| descriptor(item, text)).collect()
}

fn descriptor(node: &Node, text: &str) -> Result<Descriptor, Reason> {
    let entry = Entry::new(node, text)?;
    let jmes = match entry.get("jmesPath").map(|node| (&node.value, node)) {
        None | Some((Value::Null, _)) => Vec::new(),
        Some((Value::List(items), _)) => items
            .iter()
            .map(|item| jmes(item, text))
            .collect::<Result<_, _>>()?,
        Some((_, node)) => {
            return Err(reason(
                node,
                &format!("`jmesPath` is a list, not {}", node.kind()),
            ));
        }
    };
    let failover = match entry.get("failoverObject") {
        Some(node) if !node.is_null() => Some(failover(node, text)?),
        _ => None,
    };
    Ok(Descriptor {
        origin: node.origin,
        name: entry
            .text("objectName")?
            .unwrap_or_else(|| Spanned::new(String::new(), node.origin)),
        kind: entry.text("objectType")?,
        alias: entry.text("objectAlias")?,
        version: entry.text("objectVersion")?,
        label: entry.text("objectVersionLabel")?,
        permission: entry.text("filePermission")?,
        jmes,
        failover,
        mount_object: entry.truth("mountObject"),
        jmes_all: entry.truth("jmesPathAll"),
        unquoted: entry.unquoted(),
        unknown: entry.unknown(&Descriptor::KEYS),
    })
}

fn jmes(node: &Node, text: &str) -> Result<JmesEntry, Reason> {
    let entry = Entry::new(node, text)?;
    Ok(JmesEntry {
        origin: node.origin,
        path: entry.text("path")?,
        alias: entry.text("objectAlias")?,
        permission: entry.text("filePermission")?,
        allow_non_string: entry.truth("allowNonString"),
        unquoted: entry.unquoted(),
        unknown: entry.unknown(&JmesEntry::KEYS),
    })
}

fn failover(node: &Node, text: &str) -> Result<FailoverObject, Reason> {
    let entry = Entry::new(node, text)?;
    Ok(FailoverObject {
        name: entry.text("objectName")?,
        version: entry.text("objectVersion")?,
        label: entry.text("objectVersionLabel")?,
        unknown: entry.unknown(&FailoverObject::KEYS),
    })
}

fn reason(node: &Node, message: &str) -> Reason {
    Spanned::new(message.to_owned(), node.origin)
}

/// A mapping whose keys are read without case.
struct Entry<'a> {
    members: &'a [(Node, Node)],
    file: &'a str,
}

impl<'a> Entry<'a> {
    fn new(node: &'a Node, file: &'a str) -> Result<Self, Reason> {
        match &node.value {
            Value::Map(members) => Ok(Self { members, file }),
            Value::Null => Err(reason(
                node,
                "Empty descriptor entry in SecretProviderClass",
            )),
            _ => Err(reason(
                node,
                &format!("an entry of `objects` is a mapping, not {}", node.kind()),
            )),
        }
    }

    /// The member of that name: of two spellings the one that sorts last, of one spelling the last one.
    fn get(&self, name: &str) -> Option<&'a Node> {
        let same = self.members.iter().filter(|(key, _)| {
            key.as_str()
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        });
        same.max_by_key(|(key, _)| key.as_str())
            .map(|(_, value)| value)
    }

    /// Names of members that are no text to YAML 1.1, which the provider's parser speaks.
    fn unquoted(&self) -> Vec<Spanned<String>> {
        let is_typed = |value: &Node| match &value.value {
            Value::Bool(_) | Value::Number(_) => true,
            // A number that begins with a zero is kept as text. Quotes belong to the place, so a plain scalar is as long as its text.
            Value::String(scalar) => scalar.text.known().is_some_and(|text| {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                let span = value.origin.span;
                digits && !text.is_empty() && (span.end - span.start) as usize == text.len()
            }),
            Value::Null | Value::List(_) | Value::Map(_) => false,
        };
        let typed = self.members.iter().filter(|(_, value)| is_typed(value));
        typed
            .filter_map(|(key, value)| Some(Spanned::new(key.as_str()?.to_owned(), value.origin)))
            .collect()
    }

    /// A truth value that only our provider reads, as it is written; what is no text is none, and keeps upstream from nothing.
    fn truth(&self, name: &str) -> Option<Spanned<String>> {
        let kind = |reason: Reason| Some(Spanned::new("no text".to_owned(), reason.origin));
        self.text(name).unwrap_or_else(kind)
    }

    /// Keys that are none of the known ones, whatever their case.
    fn unknown(&self, known: &[&str]) -> Vec<Spanned<String>> {
        let keys = self.members.iter().filter_map(|(key, _)| spelt(key));
        keys.filter(|key| !known.iter().any(|one| key.value.eq_ignore_ascii_case(one)))
            .collect()
    }

    /// A text in the characters that were typed, also where YAML sees a number or a truth value (DEV-4).
    fn text(&self, name: &str) -> Result<Option<Spanned<String>>, Reason> {
        let Some(node) = self.get(name) else {
            return Ok(None);
        };
        let text = match &node.value {
            Value::Null => return Ok(None),
            Value::String(scalar) => scalar.text.known().unwrap_or("").to_owned(),
            Value::Number(number) => number.clone(),
            Value::Bool(value) => {
                let span = node.origin.span;
                let typed = self
                    .file
                    .get(span.start as usize..span.end as usize)
                    .unwrap_or("");
                let same = typed.eq_ignore_ascii_case(&value.to_string());
                if same {
                    typed.to_owned()
                } else {
                    value.to_string()
                }
            }
            Value::List(_) | Value::Map(_) => {
                return Err(reason(
                    node,
                    &format!("`{name}` is a text, not {}", node.kind()),
                ));
            }
        };
        Ok(Some(Spanned::new(text, node.origin)))
    }
}
