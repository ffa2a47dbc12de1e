//! Why a decision came out as it did: which statements spoke, and at which element the others failed.

use super::{
    CompiledStatementRef, Observer, Outcome, Policies, Side, Verdict,
    context::{Found, View},
};
use crate::{
    policy::{
        PolicyDocument, PolicyType,
        set::{CompiledStatement, PolicySet},
        statement::{Condition, Effect, ListElement, PrincipalElement, Statement, Written},
    },
    request::{Principal, Request},
    source::Origin,
    syntax::glob::{Pattern, Syntax},
    text::Text,
    truth::Truth,
    uncertainty::Uncertainties,
};
use std::sync::Arc;

/// How many values of a long list a miss repeats.
const SHOWN: usize = 8;

/// The element of a statement that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// A test of the condition, counted from zero in the order of the document.
    Condition(usize),
}

/// An element that did not match, or only perhaps.
#[derive(Clone, Debug)]
pub struct Miss {
    /// Which element.
    pub element: Element,
    /// Whether it failed or is open.
    pub truth: Truth,
    /// Its way through the document, `Statement[0].Condition.StringEquals`.
    pub path: String,
    /// The condition key.
    pub key: Option<String>,
    /// The operator, as it was written.
    pub operator: Option<String>,
    /// What the element asks for, variables filled in as far as they are known.
    pub wanted: Vec<String>,
    /// What the request holds; nothing when the key is absent.
    pub found: Vec<String>,
    /// The text to look at.
    pub origin: Origin,
    /// The condition key's place, or the element's name.
    pub key_origin: Origin,
    /// Variables without a value: their names and places.
    pub unresolved: Vec<(String, Origin)>,
    /// What would settle an open element.
    pub unknown: Vec<String>,
}

/// One statement and how it met the request.
#[derive(Clone, Debug)]
pub struct StatementTrace {
    /// Its document.
    pub document: Arc<PolicyDocument>,
    /// Its number in the document.
    pub statement: usize,
    /// Its effect.
    pub effect: Effect,
    /// Whether it matched.
    pub truth: Truth,
    /// The elements that failed or are open; empty in a set that allows.
    pub missed: Vec<Miss>,
    failed: Vec<(Element, Truth)>,
}

/// One policy set and its statements.
#[derive(Clone, Debug)]
pub struct SetTrace {
    /// Which policies these are.
    pub side: Side,
    /// Their type.
    pub kind: PolicyType,
    /// The statements in order.
    pub statements: Vec<StatementTrace>,
    /// What would settle documents that are not known.
    pub unknown: Vec<Arc<str>>,
    /// The documents.
    pub documents: Vec<Arc<PolicyDocument>>,
}

/// All that was looked at.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The sets in the order they were heard.
    pub sets: Vec<SetTrace>,
}

impl StatementTrace {
    /// The statement as it was written.
    pub fn written(&self) -> Option<&Statement> {
        self.document.statements.get(self.statement)
    }

    /// How far it is from matching: an action that differs is further than a condition that fails.
    fn distance(&self) -> usize {
        let cost = |element: Element| match element {
            Element::Action => 8,
            Element::Resource => 5,
            Element::Principal => 4,
            Element::Condition(_) => 2,
        };
        let failed = self.failed.iter().filter(|(_, truth)| truth.is_false());
        failed.map(|(element, _)| cost(*element)).sum()
    }
}

impl SetTrace {
    /// The statement that decided: a Deny that matched, else an Allow that did.
    pub fn deciding(&self) -> Option<&StatementTrace> {
        let matched = |effect| {
            self.statements
                .iter()
                .find(move |one| one.effect == effect && one.truth.is_true())
        };
        matched(Effect::Deny).or_else(|| matched(Effect::Allow))
    }

    /// The Allow that came nearest to matching.
    pub fn nearest(&self) -> Option<&StatementTrace> {
        let allows = self
            .statements
            .iter()
            .filter(|one| one.effect == Effect::Allow);
        allows.min_by_key(|one| one.distance())
    }

    /// The statement on which an open answer depends.
    pub fn open(&self) -> Option<&StatementTrace> {
        self.statements
            .iter()
            .find(|one| one.truth == Truth::Unknown)
    }
}

impl Explanation {
    /// The sets of a side; SCPs and RCPs have one a level.
    pub fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a SetTrace> {
        self.sets.iter().filter(move |set| set.side.name() == name)
    }

    /// What would settle everything that is open.
    pub fn unknown(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        for set in &self.sets {
            set.unknown.iter().for_each(|reason| add(reason));
            let open = set
                .statements
                .iter()
                .filter(|one| one.truth == Truth::Unknown);
            open.flat_map(|one| &one.missed)
                .flat_map(|miss| &miss.unknown)
                .for_each(|name| add(name));
        }
        names
    }
}

impl Side {
    /// The stage the side belongs to.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Scp(_) => "scp",
            Self::Rcp(_) => "rcp",
            Self::Endpoint => "endpoint",
            Self::Resource => "resource",
        }
    }
}

/// Collects what an evaluation saw.
#[derive(Debug, Default)]
pub(super) struct Tracer {
    explanation: Explanation,
    failed: Vec<(Element, Truth)>,
    current: Option<(Arc<PolicyDocument>, usize)>,
}

impl Tracer {
    /// Describes the misses of the sets that did not allow; of the others nobody asks.
    pub(super) fn finish(
        self,
        request: &Request,
        policies: &Policies<'_>,
        other: Uncertainties,
        outcome: &Outcome,
    ) -> Explanation {
        let mut explanation = self.explanation;
        let view = View::new(&request.context, other);
        for trace in &mut explanation.sets {
            let Some(set) = policies.set(trace.side) else {
                continue;
            };
            if outcome.side(trace.side.name()) == Some(Verdict::Allow) {
                continue;
            }
            view.set_key_policy(trace.kind == PolicyType::Key);
            for (traced, compiled) in trace.statements.iter_mut().zip(set.statements()) {
                let failed = traced.failed.iter();
                traced.missed = failed
                    .map(|(element, truth)| miss(set, compiled, *element, request, &view, *truth))
                    .collect();
            }
        }
        explanation
    }
}

impl Observer for Tracer {
    const TRACING: bool = true;

    fn enter_set(&mut self, side: Side, set: &PolicySet) {
        self.explanation.sets.push(SetTrace {
            side,
            kind: set.kind(),
            statements: Vec::with_capacity(set.statements().len()),
            unknown: set.unknown().to_vec(),
            documents: set.documents().to_vec(),
        });
    }

    fn enter(&mut self, statement: &CompiledStatementRef<'_>) {
        self.failed.clear();
        let written = statement.set.written(statement.statement);
        self.current = written.map(|(document, _, number)| (document.clone(), number));
    }

    fn missed(&mut self, element: Element, truth: Truth) {
        self.failed.push((element, truth));
    }

    fn leave(&mut self, effect: Effect, truth: Truth) {
        let failed = std::mem::take(&mut self.failed);
        let (Some(set), Some((document, statement))) =
            (self.explanation.sets.last_mut(), self.current.take())
        else {
            return;
        };
        set.statements.push(StatementTrace {
            document,
            statement,
            effect,
            truth,
            failed,
            missed: Vec::new(),
        });
    }
}

/// Describes an element that failed or is open.
fn miss(
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
        found: Vec::new(),
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

    fn list(&self, empty: Miss, element: Option<&ListElement>, name: &str, found: &Text) -> Miss {
        let unknown = holes(found);
        let found = vec![found.to_string()];
        let Some(element) = element else {
            let origin = self.statement.origin;
            return Miss {
                path: self.path(name),
                found,
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
            [one] => one.origin,
            _ => element.origin,
        };
        Miss {
            path: self.path(&name),
            wanted: self.wanted(&element.values),
            found,
            origin,
            key_origin: element.key,
            unresolved: self.unresolved(&element.values),
            unknown: element
                .values
                .iter()
                .flat_map(|value| holes(&value.text))
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
        let found = vec![request.principal.display()];
        let Some(element) = element else {
            let origin = self.statement.origin;
            return Miss {
                path: self.path("Principal"),
                found,
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
        let origin = match values.as_slice() {
            [one] => one.origin,
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
            found,
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
        let (found, mut unknown) = match self.view.lookup(&compiled.key) {
            Found::Absent => (Vec::new(), Vec::new()),
            Found::Single(text) => (vec![text.to_string()], holes(text)),
            Found::Multi(texts) => (
                texts.iter().map(ToString::to_string).collect(),
                texts.iter().flat_map(holes).collect(),
            ),
            Found::Unknown(reason) => (Vec::new(), vec![reason.to_string()]),
        };
        for value in &test.values {
            unknown.extend(self.unknown_variables(value));
            unknown.extend(holes(&value.text));
        }
        let unresolved = self.unresolved(&test.values);
        let origin = match (unresolved.first(), test.values.as_slice()) {
            (Some((_, origin)), _) => *origin,
            (None, [one]) => one.origin,
            (None, _) => test.origin,
        };
        Miss {
            path: self.path(&format!("Condition.{}", test.operator.value)),
            key: Some(test.key.text.to_string()),
            operator: Some(test.operator.value.clone()),
            wanted: self.wanted(&test.values),
            found,
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
            .map(|value| self.pattern(value).fill(self.view))
            .collect()
    }

    fn unresolved(&self, values: &[Written]) -> Vec<(String, Origin)> {
        let mut found = Vec::new();
        for value in values {
            for variable in self.pattern(value).variables() {
                let absent = matches!(
                    self.view.lookup(&variable.key),
                    Found::Absent | Found::Multi(_)
                );
                if absent && variable.default.is_none() {
                    found.push((variable.key.name().to_owned(), value.inner(variable.span)));
                }
            }
        }
        found
    }

    fn unknown_variables(&self, value: &Written) -> Vec<String> {
        let mut names = Vec::new();
        for variable in self.pattern(value).variables() {
            match self.view.lookup(&variable.key) {
                Found::Unknown(reason) => names.push(reason.to_string()),
                Found::Single(text) => names.extend(holes(text)),
                Found::Absent | Found::Multi(_) => {}
            }
        }
        names
    }
}

/// The names of the holes in a text.
fn holes(text: &Text) -> Vec<String> {
    text.holes()
        .iter()
        .map(|(_, hole)| hole.name.to_string())
        .collect()
}
