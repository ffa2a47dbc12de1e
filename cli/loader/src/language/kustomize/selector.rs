//! Selectors of objects: regular expressions for names and kinds, requirements for labels and annotations.
//!
//! kubernetes-sigs/kustomize, `api/types/selector.go`; Kubernetes documentation, "Labels and Selectors".

use super::{failure::Failure, object::Object, tree};
use policy_engine::syntax::node::Node;
use regex::Regex;

/// How many bytes the program of a regular expression may have.
const MAX_EXPRESSION: usize = 1 << 20;

/// Which objects something is for.
pub(super) struct Selector {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

impl Selector {
    pub(super) fn written(node: &Node) -> Result<Self, Failure> {
        let of_text = |name: &str| {
            let written = tree::spelt(node, &[name]).unwrap_or_default();
            requirements(&written).map_err(|failure| failure.or_at(node.origin))
        };
        Ok(Self {
            group: expression(node, "group")?,
            version: expression(node, "version")?,
            kind: expression(node, "kind")?,
            name: expression(node, "name")?,
            namespace: expression(node, "namespace")?,
            labels: of_text("labelSelector")?,
            annotations: of_text("annotationSelector")?,
        })
    }

    /// Whether an object is selected: by the name and namespace that it has or had at first.
    pub(super) fn selects(&self, object: &Object) -> bool {
        let (first, now, gvk) = (object.original(), object.id(), object.gvk());
        let fits = |regex: &Option<Regex>, texts: &[&str]| {
            let matched = |regex: &Regex| texts.iter().any(|text| regex.is_match(text));
            regex.as_ref().is_none_or(matched)
        };
        let metadata = |name: &str| object.node.at(&["metadata", name]);
        fits(&self.namespace, &[&first.namespace, &now.namespace])
            && fits(&self.name, &[&first.name, &now.name])
            && fits(&self.group, &[&gvk.group])
            && fits(&self.version, &[&gvk.version])
            && fits(&self.kind, &[&gvk.kind])
            && self
                .labels
                .iter()
                .all(|requirement| requirement.is_met(metadata("labels")))
            && self
                .annotations
                .iter()
                .all(|requirement| requirement.is_met(metadata("annotations")))
    }
}

/// The expression of a member, which matches the whole text.
fn expression(node: &Node, name: &str) -> Result<Option<Regex>, Failure> {
    let Some((_, value)) = node.entry(name) else {
        return Ok(None);
    };
    let Some(text) = value.scalar_text().filter(|text| text.known() != Some("")) else {
        return Ok(None);
    };
    let whole = format!("^(?:{text})$");
    let mut builder = regex::RegexBuilder::new(&whole);
    let regex = builder.size_limit(MAX_EXPRESSION).build();
    let message = || format!("`{text}` is no regular expression");
    regex
        .map(Some)
        .map_err(|_| Failure::at(value.origin, message()))
}

/// One requirement of a label selector.
#[derive(Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Requirement {
    fn is_met(&self, labels: Option<&Node>) -> bool {
        let value = labels.and_then(|labels| tree::spelt(labels, &[&self.key]));
        let number = || value.as_deref().and_then(|value| value.parse::<i64>().ok());
        match &self.test {
            Test::Exists => value.is_some(),
            Test::Missing => value.is_none(),
            Test::In(values) => value.is_some_and(|value| values.contains(&value)),
            Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
            Test::Above(bound) => number().is_some_and(|number| number > *bound),
            Test::Below(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

/// `app=web,tier!=db,env in (dev,prod),!legacy`
fn requirements(text: &str) -> Result<Vec<Requirement>, Failure> {
    let mut requirements = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut pieces = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                pieces.push(text.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text.get(start..).unwrap_or(""));
    for piece in pieces
        .into_iter()
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
    {
        let message = || Failure::new(format!("`{piece}` is no requirement of a label selector"));
        requirements.push(requirement(piece).ok_or_else(message)?);
    }
    Ok(requirements)
}

fn requirement(piece: &str) -> Option<Requirement> {
    let of = |key: &str, test| {
        let key = key.trim();
        let is_key = !key.is_empty() && !key.contains(char::is_whitespace);
        is_key.then(|| Requirement {
            key: key.to_owned(),
            test,
        })
    };
    let values = |list: &str| {
        let list = list.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(
            list.split(',')
                .map(|value| value.trim().to_owned())
                .collect(),
        )
    };
    let single = |value: &str| vec![value.trim().to_owned()];
    if let Some(key) = piece.strip_prefix('!') {
        return of(key, Test::Missing);
    }
    if let Some((key, list)) = piece.split_once(" notin ") {
        return of(key, Test::NotIn(values(list)?));
    }
    if let Some((key, list)) = piece.split_once(" in ") {
        return of(key, Test::In(values(list)?));
    }
    if let Some((key, value)) = piece.split_once("!=") {
        return of(key, Test::NotIn(single(value)));
    }
    if let Some((key, value)) = piece.split_once("==").or_else(|| piece.split_once('=')) {
        return of(key, Test::In(single(value)));
    }
    if let Some((key, value)) = piece.split_once('>') {
        return of(key, Test::Above(value.trim().parse().ok()?));
    }
    if let Some((key, value)) = piece.split_once('<') {
        return of(key, Test::Below(value.trim().parse().ok()?));
    }
    of(piece, Test::Exists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::SourceId;

    fn selects(selector: &str) -> bool {
        let parse = |text: &str| yaml::parse(SourceId(0), text).unwrap().remove(0);
        let object = "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web-api, namespace: pay, labels: { app: web, rank: '3' } } }";
        let object = Object::new(parse(object));
        Selector::written(&parse(selector))
            .unwrap()
            .selects(&object)
    }

    #[test]
    fn expressions_match_the_whole_text() {
        for (selector, expected) in [
            ("{ kind: Deployment }", true),
            ("{ kind: Deploy }", false),
            ("{ kind: 'Deployment|StatefulSet' }", true),
            ("{ name: 'web-.*' }", true),
            ("{ name: web }", false),
            ("{ group: apps, version: v1 }", true),
            ("{ group: batch }", false),
            ("{ namespace: pay }", true),
            ("{ namespace: default }", false),
            ("{ labelSelector: 'app=web' }", true),
            ("{ labelSelector: 'app == web, tier != db' }", true),
            ("{ labelSelector: 'app in (api, web),!legacy' }", true),
            ("{ labelSelector: 'app notin (api, web)' }", false),
            ("{ labelSelector: 'tier notin (db)' }", true),
            ("{ labelSelector: app }", true),
            ("{ labelSelector: '!app' }", false),
            ("{ labelSelector: 'rank>2' }", true),
            ("{ labelSelector: 'rank<2' }", false),
            ("{ annotationSelector: 'app=web' }", false),
        ] {
            assert_eq!(selects(selector), expected, "{selector}");
        }
    }

    #[test]
    fn what_is_no_selector_is_reported() {
        let parse = |text: &str| yaml::parse(SourceId(0), text).unwrap().remove(0);
        for selector in [
            "{ name: '(' }",
            "{ labelSelector: 'a b' }",
            "{ labelSelector: 'a in b' }",
        ] {
            assert!(Selector::written(&parse(selector)).is_err(), "{selector}");
        }
    }
}
