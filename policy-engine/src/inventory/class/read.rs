//! `objects`, the YAML document inside a class, as both providers read it: keys in any case, the typed characters of every value.
//!
//! A part that a provider refuses is kept as written and checked later. Only a fault that prevents reading the list is an error here.

use super::{
    descriptor::{Descriptor, FailoverObject, JmesEntry},
    yaml_1_1,
};
use crate::{
    source::Spanned,
    syntax::node::{Node, Value},
};

/// The complete error text of the AWS provider for an empty entry; it does not begin with "Failed to load".
pub(super) const EMPTY_ENTRY: &str = "Empty descriptor entry in SecretProviderClass";

/// Why the list cannot be read.
type Reason = Spanned<String>;

/// Parses the first document of `objects`; `file` is the source of the places of its nodes.
pub fn read_objects(document: Option<&Node>, file: &str) -> Result<Vec<Descriptor>, Reason> {
    let Some(document) = document.filter(|document| !document.is_null()) else {
        return Ok(Vec::new());
    };
    let Some(items) = document.as_list() else {
        let kind = document.kind();
        return Err(reason(
            document,
            format!("`objects` is a list of mappings, not {kind}"),
        ));
    };
    items.iter().map(|item| descriptor(item, file)).collect()
}

/// The objects as the AWS provider reads them, if YAML 1.1 makes other texts of its plain scalars; `None` if it reads the same objects.
pub fn read_retyped(document: Option<&Node>, file: &str) -> Option<Vec<Descriptor>> {
    let document = yaml_1_1::document(document?)?;
    read_objects(Some(&document), file).ok()
}

fn descriptor(node: &Node, file: &str) -> Result<Descriptor, Reason> {
    if node.is_null() {
        return Err(reason(node, EMPTY_ENTRY.to_owned()));
    }
    let entry = Entry::new(node, file, "an entry of `objects`")?;
    let jmes = match entry.get("jmesPath") {
        None => Vec::new(),
        Some(node) if node.is_null() => Vec::new(),
        Some(node) => {
            let Some(items) = node.as_list() else {
                let kind = node.kind();
                return Err(reason(node, format!("`jmesPath` is a list, not {kind}")));
            };
            let entries = items.iter().map(|item| jmes(item, file));
            entries.collect::<Result<_, _>>()?
        }
    };
    let failover = entry
        .get("failoverObject")
        .filter(|node| !node.is_null())
        .map(|node| failover(node, file))
        .transpose()?;
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

/// An empty entry has no path, for which the provider refuses it later.
fn jmes(node: &Node, file: &str) -> Result<JmesEntry, Reason> {
    let entry = Entry::new(node, file, "an entry of `jmesPath`")?;
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

fn failover(node: &Node, file: &str) -> Result<FailoverObject, Reason> {
    let entry = Entry::new(node, file, "`failoverObject`")?;
    Ok(FailoverObject {
        name: entry.text("objectName")?,
        version: entry.text("objectVersion")?,
        label: entry.text("objectVersionLabel")?,
        unknown: entry.unknown(&FailoverObject::KEYS),
    })
}

fn reason(node: &Node, message: String) -> Reason {
    Spanned::new(message, node.origin)
}

/// A mapping whose keys match in any case.
struct Entry<'a> {
    members: &'a [(Node, Node)],
    file: &'a str,
}

impl<'a> Entry<'a> {
    fn new(node: &'a Node, file: &'a str, what: &str) -> Result<Self, Reason> {
        let members = match &node.value {
            Value::Map(members) => members.as_slice(),
            Value::Null => &[],
            _ => {
                let kind = node.kind();
                return Err(reason(node, format!("{what} is a mapping, not {kind}")));
            }
        };
        // The AWS provider converts the document to JSON first, and JSON has only texts as keys.
        match members.iter().find(|(key, _)| key.scalar_text().is_none()) {
            Some((key, _)) => Err(reason(key, format!("a key of {what} is no text"))),
            None => Ok(Self { members, file }),
        }
    }

    /// The member with a name: of two spellings the spelling that sorts last, of equal spellings the last member.
    fn get(&self, name: &str) -> Option<&'a Node> {
        let same = self.members.iter().filter(|(key, _)| {
            key.as_str()
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        });
        same.max_by_key(|(key, _)| key.as_str())
            .map(|(_, value)| value)
    }

    /// Names of members whose value is no text in YAML 1.1, the version of the AWS provider's parser.
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

    /// A truth value that only our provider reads, as written. A value that is no text counts as absent; the AWS provider skips it.
    fn truth(&self, name: &str) -> Option<Spanned<String>> {
        let kind = |reason: Reason| Some(Spanned::new("no text".to_owned(), reason.origin));
        self.text(name).unwrap_or_else(kind)
    }

    /// Keys that are none of the known keys, in any case.
    fn unknown(&self, known: &[&str]) -> Vec<Spanned<String>> {
        let keys = self.members.iter().filter_map(|(key, _)| {
            let text = key.scalar_text()?;
            Some(Spanned::new(text.known()?.to_owned(), key.origin))
        });
        keys.filter(|key| {
            !known
                .iter()
                .any(|name| key.value.eq_ignore_ascii_case(name))
        })
        .collect()
    }

    /// A text in the typed characters, also where YAML parses a number or a truth value.
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
                let typed = self.file.get(span.start as usize..span.end as usize);
                let same = typed.filter(|typed| typed.eq_ignore_ascii_case(&value.to_string()));
                same.map_or_else(|| value.to_string(), str::to_owned)
            }
            Value::List(_) | Value::Map(_) => {
                let kind = node.kind();
                return Err(reason(node, format!("`{name}` is a text, not {kind}")));
            }
        };
        Ok(Some(Spanned::new(text, node.origin)))
    }
}
