//! The parts of a world file that decide how the world is judged, in another state of the file.

use crate::value::same;
use policy_engine::{
    source::{Origin, SourceId, Span},
    syntax::node::{Node, Value},
};

/// Promises, and the keys that make unknown things absent, existing or known.
const PARTS: [&str; 4] = ["expect", "closed", "externals", "given"];
/// A world without this key may be complete.
const OPEN: [&str; 4] = ["", "closed: []", "", ""];
const BLOCK: &str = "write the world file as a block of YAML, with `expect:`, `closed:`, `externals:` and `given:` at the beginning of a line";
const TWICE: &str = "remove all but one of the repeated keys";
const ALIAS: &str =
    "write the value out: an anchor at another place can change the value of an alias";

/// A world file that is judged by another state of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Promised {
    /// The text of the file, with the parts of the other state.
    pub text: String,
    /// The keys of the parts that differ.
    pub differing: Vec<&'static str>,
}

/// A world file with the promises of another state of it; `None` if both states have the same promises.
///
/// Without another state the file has no promises, and nothing in it is complete. All other text keeps its place: the own parts become
/// spaces, and the other parts follow at the end.
pub fn with_promises_of(text: &str, other: Option<&str>) -> Result<Option<Promised>, &'static str> {
    if other == Some(text) {
        return Ok(None);
    }
    let own = parts(text)?;
    let wanted = other.map(parts).transpose()?;
    let mut promised = Promised {
        text: text.to_owned(),
        differing: Vec::new(),
    };
    for (at, key) in PARTS.into_iter().enumerate() {
        let part = own.get(at).and_then(Option::as_ref);
        let wanted = match &wanted {
            Some(wanted) => wanted
                .get(at)
                .and_then(Option::as_ref)
                .map_or("", |part| part.text),
            None => OPEN.get(at).copied().unwrap_or(""),
        };
        if part.map_or("", |part| part.text) == wanted {
            continue;
        }
        promised.differing.push(key);
        if let Some(part) = part {
            blank(&mut promised.text, part.span);
        }
        if !wanted.is_empty() {
            if !promised.text.ends_with('\n') {
                promised.text.push('\n');
            }
            promised.text.push_str(wanted);
            promised.text.push('\n');
        }
    }
    let is_same = promised.differing.is_empty();
    if !is_same && (is_flow(text)? || other.map_or(Ok(false), is_flow)?) {
        return Err(BLOCK);
    }
    Ok((!is_same).then_some(promised))
}

/// Whether two states of a world file describe other facts: whether anything but the promises differs.
pub fn facts_differ(text: &str, other: &str) -> bool {
    let facts = |text: &str| {
        let mut root = root(text).ok()??;
        if let Value::Map(members) = &mut root.value {
            members.retain(|(key, _)| key.as_str().is_none_or(|key| !PARTS.contains(&key)));
        }
        Some(root)
    };
    match (facts(text), facts(other)) {
        (Some(own), Some(other)) => !same(&own, &other),
        (own, other) => own.is_some() != other.is_some(),
    }
}

/// Replaces a part by spaces.
fn blank(text: &mut String, span: Span) {
    let range = span.start as usize..span.end as usize;
    let bytes = text.get(range.clone()).unwrap_or("").bytes();
    let spaces: String = bytes
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(range, &spaces);
}

/// A key of a world file with its value.
struct Part<'t> {
    span: Span,
    text: &'t str,
}

/// The parts of a world file in the order of their keys.
fn parts(text: &str) -> Result<Vec<Option<Part<'_>>>, &'static str> {
    let root = root(text)?;
    let members = root.as_ref().and_then(Node::as_map).unwrap_or_default();
    let part = |name: &str| {
        let mut named = members.iter().filter(|(key, _)| key.as_str() == Some(name));
        match (named.next(), named.next()) {
            (None, _) => Ok(None),
            (Some((key, value)), None) => part(text, key.origin, value).map(Some),
            (Some(_), Some(_)) => Err(TWICE),
        }
    };
    PARTS.into_iter().map(part).collect()
}

fn part<'t>(text: &'t str, key: Origin, value: &Node) -> Result<Part<'t>, &'static str> {
    let span = Span {
        start: key.span.start,
        end: value.origin.span.end.max(key.span.end),
    };
    let before = text.get(..span.start as usize).unwrap_or("");
    if !before.is_empty() && !before.ends_with('\n') {
        return Err(BLOCK);
    }
    if !is_inside(value, span) {
        return Err(ALIAS);
    }
    let part = text.get(span.start as usize..span.end as usize);
    let text = part.ok_or(BLOCK)?.trim_end();
    Ok(Part { span, text })
}

/// Whether everything in a value is written in one span.
fn is_inside(node: &Node, span: Span) -> bool {
    let own = node.origin.span;
    own.start >= span.start
        && own.end <= span.end
        && match &node.value {
            Value::List(items) => items.iter().all(|item| is_inside(item, span)),
            Value::Map(members) => members
                .iter()
                .all(|(key, value)| is_inside(key, span) && is_inside(value, span)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
}

fn root(text: &str) -> Result<Option<Node>, &'static str> {
    let documents = yaml::parse(SourceId(0), text).map_err(|_| BLOCK)?;
    Ok(documents.into_iter().next())
}

/// Whether a file is one flow mapping, to which nothing can be appended.
fn is_flow(text: &str) -> Result<bool, &'static str> {
    let start = root(text)?.map_or(0, |root| root.origin.span.start);
    let rest = text.get(start as usize..).unwrap_or("");
    Ok(rest.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str =
        "ascp-policy: 1\nexpect:\n  - pod: a\n    cannot: [{ read: b }]\naccounts: {}\n";

    fn taken(text: &str, base: Option<&str>) -> (String, Vec<&'static str>) {
        let promised = with_promises_of(text, base).unwrap().unwrap();
        (promised.text, promised.differing)
    }

    #[test]
    fn the_promises_of_the_base_replace_the_own_ones_and_nothing_moves() {
        let change = "ascp-policy: 1\nexpect: []\naccounts: { x: {} }";
        let (text, differing) = taken(change, Some(BASE));
        assert_eq!(
            text,
            "ascp-policy: 1\n          \naccounts: { x: {} }\nexpect:\n  - pod: a\n    cannot: [{ read: b }]\n"
        );
        assert_eq!(differing, ["expect"]);
        assert_eq!(with_promises_of(BASE, Some(BASE)), Ok(None));
        let moved = BASE.replace("accounts: {}", "accounts: { x: {} }");
        assert_eq!(with_promises_of(&moved, Some(BASE)), Ok(None));
        let without = "ascp-policy: 1\naccounts: {}\n";
        assert!(taken(without, Some(BASE)).0.starts_with(without));
        assert!(!taken(BASE, Some(without)).0.contains("cannot"));
        assert_eq!(
            with_promises_of("{ ascp-policy: 1, expect: [] }", Some(BASE)),
            Err(BLOCK)
        );
        assert_eq!(
            with_promises_of("{ ascp-policy: 1 }", Some(BASE)),
            Err(BLOCK)
        );
    }

    #[test]
    fn what_settles_unknown_facts_comes_from_the_base() {
        let base = "ascp-policy: 1\nclosed: [roles]\naccounts: {}\n";
        let change = "ascp-policy: 1\nclosed: all\nexternals: { roles: ['*'] }\ngiven: { aws:SourceIp: 1.2.3.4 }\naccounts: {}\n";
        let (text, differing) = taken(change, Some(base));
        assert_eq!(differing, ["closed", "externals", "given"]);
        assert!(text.ends_with("accounts: {}\nclosed: [roles]\n"), "{text}");
        assert!(!text.contains("SourceIp") && !text.contains("externals"));
    }

    #[test]
    fn a_world_that_the_base_lacks_promises_nothing_and_is_not_complete() {
        let (text, differing) = taken(BASE, None);
        assert_eq!(differing, ["expect", "closed"]);
        assert!(text.ends_with("accounts: {}\nclosed: []\n") && !text.contains("cannot"));
        let (_, differing) = taken("ascp-policy: 1\n", None);
        assert_eq!(differing, ["closed"]);
    }

    #[test]
    fn facts_differ_where_anything_but_the_promises_does() {
        let rows = [
            (BASE.to_owned(), false),
            (BASE.replace("expect:", "closed: all\nexpect:"), false),
            (format!("# a comment\n{BASE}"), false),
            (BASE.replace("accounts: {}", "accounts: { x: {} }"), true),
            (BASE.replace("accounts: {}", "include: [a]"), true),
            (String::new(), true),
        ];
        for (text, expected) in rows {
            assert_eq!(facts_differ(&text, BASE), expected, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_written_twice_is_refused() {
        let twice = format!("{BASE}expect: []\n");
        assert_eq!(with_promises_of(&twice, Some(BASE)), Err(TWICE));
        assert_eq!(with_promises_of(&twice, None), Err(TWICE));
        assert!(with_promises_of("ascp-policy: 1\nclosed:\n", Some(BASE)).is_ok());
    }

    #[test]
    fn an_alias_cannot_change_a_part_from_another_place() {
        let base = "ascp-policy: 1\naccounts: { x: { region: &k roles } }\nclosed: [*k]\n";
        let change = base.replace("&k roles", "&k secrets");
        assert_eq!(with_promises_of(&change, Some(base)), Err(ALIAS));
        let inside = "ascp-policy: 1\nexternals: { roles: &r [a], keys: *r }\n";
        assert_eq!(
            with_promises_of(&format!("{inside}accounts: {{}}\n"), Some(inside)),
            Ok(None)
        );
    }
}
