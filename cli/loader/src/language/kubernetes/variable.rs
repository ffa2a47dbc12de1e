//! Variables that Flux or `envsubst` fill in: `${name}`, `${name:=default}`, `$NAME`.
//!
//! Flux documentation, "Kustomization", section "Post build variable substitution".

use policy_engine::{
    source::OffsetMap,
    syntax::node::{Node, Scalar, Value},
    text::{Hole, Text, TextBuilder},
};
use std::collections::BTreeMap;

/// The values that the repository states.
#[derive(Default)]
pub(crate) struct Variables {
    known: BTreeMap<String, String>,
    /// Whether a value may have another source: a ConfigMap or Secret of the cluster, or another tool.
    is_open: bool,
}

impl Variables {
    /// What the `postBuild` of all Kustomizations of Flux agree on.
    pub(crate) fn of(builds: &[Node]) -> Self {
        let mut all = builds.iter().map(stated);
        let mut known = all.next().unwrap_or_default();
        for other in all {
            known.retain(|name, value| other.get(name) == Some(value));
        }
        let is_from = |build: &Node| {
            build
                .get("substituteFrom")
                .and_then(Node::as_list)
                .is_some_and(|list| !list.is_empty())
        };
        let names = |build: &Node| stated(build).len();
        Self {
            is_open: builds.is_empty()
                || builds
                    .iter()
                    .any(|build| is_from(build) || names(build) != known.len()),
            known,
        }
    }

    /// A tree with the values of variables in their places; what is not known is a hole.
    pub(crate) fn fill(&self, node: &Node) -> Node {
        let value = match &node.value {
            Value::String(scalar) => match self.text(scalar) {
                Some(filled) => Value::String(filled),
                None => return node.clone(),
            },
            Value::List(items) => Value::List(items.iter().map(|item| self.fill(item)).collect()),
            Value::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (self.fill(key), self.fill(value)));
                Value::Map(members.collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => return node.clone(),
        };
        Node {
            value,
            origin: node.origin,
        }
    }

    fn text(&self, scalar: &Scalar) -> Option<Scalar> {
        let written = scalar.text.known()?;
        first(written)?;
        let mut text = TextBuilder::default();
        let mut offsets = OffsetMap::default();
        let place = |at: usize| scalar.offsets.outer(u32::try_from(at).unwrap_or(u32::MAX));
        let mut rest = written;
        loop {
            let start = written.len() - rest.len();
            let reference = first(rest);
            let (before, _) = rest.split_at(
                reference
                    .as_ref()
                    .map_or(rest.len(), |reference| reference.at),
            );
            for (at, character) in before.char_indices() {
                offsets.push(text.literal_len(), place(start + at));
                text.push_str(character.encode_utf8(&mut [0; 4]));
            }
            let Some(reference) = reference else { break };
            offsets.push(text.literal_len(), place(start + reference.at));
            match self.value(&reference) {
                Some(value) => text.push_str(value),
                None => text.push_hole(Hole::any(reference.written)),
            }
            rest = reference.rest;
        }
        let text = text.finish();
        Some(Scalar { text, offsets })
    }

    fn value<'v>(&'v self, reference: &Reference<'v>) -> Option<&'v str> {
        let known = self.known.get(reference.name).map(String::as_str);
        known.or_else(|| reference.default.filter(|_| !self.is_open))
    }
}

/// What one `postBuild` states itself.
fn stated(build: &Node) -> BTreeMap<String, String> {
    let members = build.get("substitute").and_then(Node::as_map);
    let mut stated = BTreeMap::new();
    for (key, value) in members.unwrap_or_default() {
        let value = value.scalar_text();
        let value = value.as_ref().and_then(Text::known);
        if let (Some(name), Some(value)) = (key.as_str(), value) {
            stated.insert(name.to_owned(), value.to_owned());
        }
    }
    stated
}

/// A variable in a text.
struct Reference<'t> {
    at: usize,
    /// With `$`, without its default.
    written: String,
    name: &'t str,
    default: Option<&'t str>,
    /// The text behind it.
    rest: &'t str,
}

/// The first variable of a text, `${name}` or `$NAME`; `$${name}` is none.
///
/// GNU gettext manual, "Invoking the envsubst program": `envsubst` fills in both forms. Without braces only a name in capital
/// letters counts: shell scripts and passwords contain other text behind a `$`.
fn first(text: &str) -> Option<Reference<'_>> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('$')?;
        from = at + 1;
        let is_escaped = text.get(..at).is_some_and(|before| before.ends_with('$'));
        let reference = match text.get(from..)?.strip_prefix('{') {
            Some(inner) => braced(at, inner),
            None => bare(at, text.get(from..)?),
        };
        if let Some(reference) = reference.filter(|_| !is_escaped) {
            return Some(reference);
        }
    }
}

fn braced(at: usize, inner: &str) -> Option<Reference<'_>> {
    let (inside, rest) = inner.split_once('}')?;
    let default = inside.split_once(":=").or_else(|| inside.split_once(":-"));
    let (name, default) = match default {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_name = !name.is_empty() && name.chars().all(is_word);
    is_name.then(|| Reference {
        at,
        written: format!("${{{name}}}"),
        name,
        default,
        rest,
    })
}

fn bare(at: usize, behind: &str) -> Option<Reference<'_>> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = behind.find(|letter| !is_word(letter));
    let (name, rest) = behind.split_at(end.unwrap_or(behind.len()));
    let begins = name.starts_with(|letter: char| letter.is_ascii_uppercase() || letter == '_');
    let is_upper = !name.contains(|letter: char| letter.is_ascii_lowercase());
    (begins && is_upper && name.len() > 1).then(|| Reference {
        at,
        written: format!("${name}"),
        name,
        default: None,
        rest,
    })
}

/// Whether a text in a tree has a variable.
pub(crate) fn has_any(node: &Node) -> bool {
    match &node.value {
        Value::String(scalar) => scalar
            .text
            .known()
            .is_some_and(|text| first(text).is_some()),
        Value::List(items) => items.iter().any(has_any),
        Value::Map(members) => members
            .iter()
            .any(|(key, value)| has_any(key) || has_any(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::SourceId;

    fn filled(builds: &[&str], text: &str) -> String {
        let parse = |text: &str| yaml::parse(SourceId(0), text).unwrap().remove(0);
        let builds: Vec<_> = builds.iter().map(|text| parse(text)).collect();
        let node = Variables::of(&builds).fill(&parse(&format!("'{text}'")));
        node.scalar_text().unwrap().to_string()
    }

    #[test]
    fn a_variable_has_the_value_that_all_states_or_none() {
        let dev = "{ substitute: { env: dev, region: us-east-1 } }";
        let prod = "{ substitute: { env: prod, region: us-east-1 } }";
        let open = "{ substitute: { env: dev }, substituteFrom: [{ kind: ConfigMap, name: c }] }";
        for (builds, text, expected) in [
            (vec![dev], "${env}/db", "dev/db"),
            (vec![dev, prod], "${env}/${region}", "<${env}>/us-east-1"),
            (vec![], "${env}/db", "<${env}>/db"),
            (vec![], "$ENV/db-$$ENV-$env-$1", "<$ENV>/db-$$ENV-$env-$1"),
            (vec![dev], "${other:=x}-${other:-y}", "x-y"),
            (vec![open], "${other:=x}/${env}", "<${other}>/dev"),
            (vec![], "${other:=x}", "<${other}>"),
            (
                vec![dev],
                "$${env} ${aws:PrincipalTag/env} ${} ${env",
                "$${env} ${aws:PrincipalTag/env} ${} ${env",
            ),
        ] {
            assert_eq!(filled(&builds, text), expected, "{text}");
        }
    }
}
