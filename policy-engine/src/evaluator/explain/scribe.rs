//! Describes the required and the actual values of an element.

use super::miss::{Miss, SHOWN};
use crate::{
    evaluator::{
        context::{Lookup, View},
        element::Element,
    },
    policy::{
        PolicyDocument,
        set::{CompiledStatement, PolicySet},
        statement::{Condition, ListElement, PrincipalElement, Statement, Written},
    },
    request::{Principal, Request},
    source::Origin,
    syntax::glob::{Pattern, Syntax},
    text::Text,
    truth::Truth,
};

/// Describes an element that failed or is unknown.
pub(super) fn miss(
    set: &PolicySet,
    compiled: &CompiledStatement,
    element: Element,
    request: &Request,
    view: &View<'_>,
    truth: Truth,
) -> Miss {
    let empty = Miss {
        element,
        truth,
        path: String::new(),
        key: None,
        operator: None,
        wanted: Vec::new(),
        actual: Vec::new(),
        origin: Origin::NOWHERE,
        key_origin: Origin::NOWHERE,
        unresolved: Vec::new(),
        unknown: Vec::new(),
    };
    let Some((document, statement, number)) = set.written(compiled) else {
        return empty;
    };
    let scribe = Scribe {
        document,
        statement,
        number,
        view,
    };
    match element {
        Element::Action => scribe.list(
            empty,
            statement.action.as_ref(),
            "Action",
            &Text::from(request.action.name()),
        ),
        Element::Resource => scribe.list(
            empty,
            statement.resource.as_ref(),
            "Resource",
            request.resource.text(),
        ),
        Element::Principal => scribe.principal(empty, statement.principal.as_ref(), request),
        Element::Condition(at) => {
            // Tests of unknown operators are left out when compiling.
            let test = statement
                .conditions
                .iter()
                .filter(|test| test.parsed.is_some())
                .nth(at);
            scribe.condition(empty, test, compiled, at)
        }
    }
}

struct Scribe<'a> {
    document: &'a PolicyDocument,
    statement: &'a Statement,
    number: usize,
    view: &'a View<'a>,
}

impl Scribe<'_> {
    fn path(&self, rest: &str) -> String {
        format!("Statement[{}].{rest}", self.number)
    }

    fn list(&self, empty: Miss, element: Option<&ListElement>, name: &str, actual: &Text) -> Miss {
        let unknown = holes(actual);
        let actual = vec![actual.to_string()];
        let Some(element) = element else {
            let origin = self.statement.origin;
            return Miss {
                path: self.path(name),
                actual,
                origin,
                key_origin: origin,
                ..empty
            };
        };
        let name = if element.negated {
            format!("Not{name}")
        } else {
            name.to_owned()
        };
        let origin = match element.values.as_slice() {
            [value] => value.origin,
            _ => element.origin,
        };
        Miss {
            path: self.path(&name),
            wanted: self.wanted(&element.values),
            actual,
            origin,
            key_origin: element.key,
            unresolved: self.unresolved(&element.values),
            unknown: element
                .values
                .iter()
                .flat_map(|value| [holes(&value.text), self.unknown_variables(value)])
                .flatten()
                .chain(unknown)
                .collect(),
            ..empty
        }
    }

    fn principal(
        &self,
        empty: Miss,
        element: Option<&PrincipalElement>,
        request: &Request,
    ) -> Miss {
        let actual = vec![request.principal.display()];
        let Some(element) = element else {
            let origin = self.statement.origin;
            return Miss {
                path: self.path("Principal"),
                actual,
                origin,
                key_origin: origin,
                ..empty
            };
        };
        let values: Vec<_> = element.entries.iter().map(|entry| &entry.value).collect();
        let mut unnamed: Vec<String> = values.iter().flat_map(|value| holes(&value.text)).collect();
        let nameless = matches!(request.principal, Principal::Session { session: None, .. });
        if empty.truth == Truth::Unknown && nameless {
            unnamed.push("name of the session".to_owned());
        }
        if empty.truth == Truth::Unknown {
            unnamed.extend(missing(request, &values));
        }
        let origin = match values.as_slice() {
            [value] => value.origin,
            _ => element.origin,
        };
        let name = if element.negated {
            "NotPrincipal"
        } else {
            "Principal"
        };
        Miss {
            path: self.path(name),
            wanted: values
                .iter()
                .take(SHOWN)
                .map(|value| value.text.to_string())
                .collect(),
            actual,
            origin,
            key_origin: element.key,
            unknown: unnamed,
            ..empty
        }
    }

    fn condition(
        &self,
        empty: Miss,
        test: Option<&Condition>,
        compiled: &CompiledStatement,
        at: usize,
    ) -> Miss {
        let (Some(test), Some(compiled)) = (test, compiled.conditions.get(at)) else {
            return empty;
        };
        let (actual, mut unknown) = match self.view.tested(compiled) {
            None => (Vec::new(), holes(&test.key.text)),
            Some(Lookup::Absent) => (Vec::new(), Vec::new()),
            Some(Lookup::Single(text)) => {
                let open = self.view.role_with_path(&compiled.key, text);
                let unknown = holes(text)
                    .into_iter()
                    .chain(open.into_iter().flat_map(holes));
                (vec![text.to_string()], unknown.collect())
            }
            Some(Lookup::Multi(texts)) => (
                texts.iter().map(ToString::to_string).collect(),
                texts.iter().flat_map(holes).collect(),
            ),
            Some(Lookup::Unknown(reason)) => (Vec::new(), vec![reason.to_string()]),
        };
        for value in &test.values {
            unknown.extend(self.unknown_variables(value));
            unknown.extend(holes(&value.text));
        }
        let unresolved = self.unresolved(&test.values);
        let origin = match (unresolved.first(), test.values.as_slice()) {
            (Some((_, origin)), _) => *origin,
            (None, [value]) => value.origin,
            (None, _) => test.origin,
        };
        Miss {
            path: self.path(&format!("Condition.{}", test.operator.value)),
            key: Some(test.key.text.to_string()),
            operator: Some(test.operator.value.clone()),
            wanted: self.wanted(&test.values),
            actual,
            origin,
            key_origin: test.key.origin,
            unresolved,
            unknown,
            ..empty
        }
    }

    fn pattern(&self, value: &Written) -> Pattern {
        Pattern::new(
            &value.text,
            Syntax {
                wildcards: true,
                variables: self.document.has_variables(),
            },
        )
        .0
    }

    fn wanted(&self, values: &[Written]) -> Vec<String> {
        values
            .iter()
            .take(SHOWN)
            .map(|value| match value.text.known() {
                Some(plain) if !plain.contains("**") && !has_variables(value) => plain.to_owned(),
                _ => self.pattern(value).fill(self.view),
            })
            .collect()
    }

    fn unresolved(&self, values: &[Written]) -> Vec<(String, Origin)> {
        let mut unresolved = Vec::new();
        for value in values.iter().filter(|value| has_variables(value)) {
            for variable in self.pattern(value).variables() {
                let absent = matches!(
                    self.view.lookup(&variable.key),
                    Lookup::Absent | Lookup::Multi(_)
                );
                if absent && variable.default.is_none() {
                    unresolved.push((variable.key.name().to_owned(), value.inner(variable.span)));
                }
            }
        }
        unresolved
    }

    fn unknown_variables(&self, value: &Written) -> Vec<String> {
        let mut names = Vec::new();
        if !has_variables(value) {
            return names;
        }
        for variable in self.pattern(value).variables() {
            match self.view.lookup(&variable.key) {
                Lookup::Unknown(reason) => names.push(reason.to_string()),
                Lookup::Single(text) => names.extend(holes(text)),
                Lookup::Absent | Lookup::Multi(_) => {}
            }
        }
        names
    }
}

/// The missing facts about the caller that decide whether a principal names it.
fn missing(request: &Request, values: &[&Written]) -> Vec<String> {
    let named = |test: fn(&str) -> bool| values.iter().any(|value| test(value.text.literal()));
    let by_id = named(|text| text.starts_with("AROA") || text.starts_with("AIDA"));
    let by_path = request.traits.role_with_path.is_some() && named(|text| text.contains(":role/"));
    let id = by_id && request.traits.unique_id.is_none();
    let id = id.then(|| "aws:userid".to_owned());
    id.into_iter()
        .chain(by_path.then(|| "aws:PrincipalArn".to_owned()))
        .collect()
}

/// Whether a text may contain variables. Most texts contain none, and need no compilation to find out.
fn has_variables(value: &Written) -> bool {
    value.text.literal().contains("${")
}

/// The names of the holes in a text.
fn holes(text: &Text) -> Vec<String> {
    text.holes()
        .iter()
        .map(|(_, hole)| hole.name.to_string())
        .collect()
}
