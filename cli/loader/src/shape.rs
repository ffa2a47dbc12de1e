//! Which part of a policy may be unknown: values and what leaves open one statement may, the frame may not.

use super::{
    loading::nearest,
    value::{hole, hole_name, text},
};
use policy_engine::{
    policy::PolicyType,
    source::Origin,
    syntax::node::{Node, Value},
    text::Text,
};

const REPLACED: &str = "a text that another tool puts there";

/// A document with a known structure, without names that have no effect; else the missing fact.
pub(crate) fn known(mut document: Node) -> Result<Node, String> {
    // A text that holds the whole document is known, or it would have been taken apart.
    let Value::Map(members) = &mut document.value else {
        let is_replaced = document.as_str().is_some_and(is_placeholder);
        return match hole_name(&document) {
            Some(name) => Err(name.to_owned()),
            None if is_replaced => Err(REPLACED.to_owned()),
            None => Ok(document),
        };
    };
    if is_of_another_form(members) {
        return Err(REPLACED.to_owned());
    }
    members.retain(|(key, value)| key.as_str() != Some("Id") || hole_name(value).is_none());
    for (key, value) in members {
        plain(key)?;
        match key.as_str() {
            Some("Statement") => match &mut value.value {
                Value::List(items) => items.iter_mut().try_for_each(statement)?,
                _ => statement(value)?,
            },
            _ => plain(value)?,
        }
    }
    Ok(document)
}

/// Whether a text is only what another tool replaces before it deploys: `${file(policy.json)}`, `{{ policy }}`.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let forms = [("${", "}"), ("{{", "}}"), ("%{", "}"), ("<%", "%>")];
    forms
        .iter()
        .any(|(start, end)| text.starts_with(start) && text.ends_with(end))
}

/// Whether a map has no member of a policy: other tools replace it before they deploy, as Serverless Framework does with `{file: …}`.
fn is_of_another_form(members: &[(Node, Node)]) -> bool {
    let is_known = |key: &Node| {
        let elements = ["Version", "Id", "Statement"];
        // A misspelt element is one all the same.
        let is_element = |name: &str| nearest(name, elements).is_some();
        key.as_str().is_none_or(is_element)
    };
    !members.is_empty() && !members.iter().any(|(key, _)| is_known(key))
}

fn statement(node: &mut Node) -> Result<(), String> {
    let Value::Map(members) = &mut node.value else {
        return plain(node);
    };
    members.retain(|(key, value)| key.as_str() != Some("Sid") || is_plain(value));
    for (key, value) in members {
        plain(key)?;
        // An unknown effect, operator or condition key leaves its statement open, and no other.
        if matches!(key.as_str(), Some("Principal" | "NotPrincipal")) {
            plain(value)?;
            keys(value)?;
        }
    }
    Ok(())
}

fn keys(node: &Node) -> Result<(), String> {
    let members = node.as_map().unwrap_or_default();
    members.iter().try_for_each(|(key, _)| plain(key))
}

fn plain(node: &Node) -> Result<(), String> {
    let holes = node.as_text().map(Text::holes);
    match holes.and_then(<[_]>::first) {
        Some((_, hole)) => Err(hole.name.to_string()),
        None => Ok(()),
    }
}

fn is_plain(node: &Node) -> bool {
    plain(node).is_ok()
}

/// A policy that may allow or deny anything, so that every question that depends on it is undecided.
pub(crate) fn unknown(name: &str, kind: PolicyType, origin: Origin) -> Node {
    let hole = || hole(name, origin);
    let key = |name: &str| text(name.to_owned(), origin);
    let map = |members| Node {
        value: Value::Map(members),
        origin,
    };
    let statement = |effect: &str| {
        let mut members = vec![(key("Effect"), key(effect)), (key("Action"), hole())];
        if matches!(
            kind,
            PolicyType::Trust | PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint
        ) {
            members.push((key("Principal"), map(vec![(key("AWS"), hole())])));
        }
        if kind == PolicyType::Rcp {
            members.push((key("Principal"), key("*")));
        }
        if kind != PolicyType::Trust {
            members.push((key("Resource"), hole()));
        }
        map(members)
    };
    // What allows in an RCP is that of AWS alone.
    let effects: &[&str] = match kind {
        PolicyType::Rcp => &["Deny"],
        _ => &["Allow", "Deny"],
    };
    let statements = Node {
        value: Value::List(effects.iter().map(|effect| statement(effect)).collect()),
        origin,
    };
    map(vec![
        (key("Version"), key("2012-10-17")),
        (key("Statement"), statements),
    ])
}
