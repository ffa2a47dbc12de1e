//! The reasons for a decision: the statements that matched, and the element at which each other statement failed.

mod miss;
mod scribe;

pub use super::element::Element;
pub use miss::Miss;

use super::{
    context::View,
    grants,
    observer::{CompiledStatementRef, Observer},
    outcome::{Decision, Outcome, Verdict},
    policies::Policies,
    side::Side,
};
use crate::{
    policy::{
        PolicyDocument, PolicyType,
        set::PolicySet,
        statement::{Effect, Statement},
    },
    request::Request,
    truth::Truth,
    uncertainty::Uncertainties,
};
use std::sync::Arc;

/// One statement, and how it matched the request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StatementTrace {
    /// Its document.
    pub document: Arc<PolicyDocument>,
    /// Its number in the document.
    pub statement: usize,
    /// Its effect.
    pub effect: Effect,
    /// Whether it matched.
    pub truth: Truth,
    /// The elements that failed or are unknown; empty in a set that allows.
    pub missed: Vec<Miss>,
    failed: Vec<(Element, Truth)>,
}

/// One policy set and its statements.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SetTrace {
    /// The side of the set.
    pub side: Side,
    /// The level of SCPs and RCPs, counted from the root.
    pub level: usize,
    /// Their type.
    pub kind: PolicyType,
    /// The statements in order.
    pub statements: Vec<StatementTrace>,
    /// The missing facts about documents that are not known.
    pub unknown: Vec<Arc<str>>,
    /// The documents.
    pub documents: Vec<Arc<PolicyDocument>>,
}

/// All policy sets of a decision.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// The sets in the order of evaluation.
    pub sets: Vec<SetTrace>,
    /// The missing facts about the request that are no condition keys.
    pub open: Vec<String>,
}

impl StatementTrace {
    /// The statement as it was written.
    pub fn written(&self) -> Option<&Statement> {
        self.document.statements.get(self.statement)
    }

    /// The distance from a match: a statement with another action is farther than a statement whose condition fails.
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
    /// The statement that decided: a Deny that matched, else an Allow that matched.
    pub fn deciding(&self) -> Option<&StatementTrace> {
        let matched = |effect| {
            self.statements
                .iter()
                .find(move |statement| statement.effect == effect && statement.truth.is_true())
        };
        matched(Effect::Deny).or_else(|| matched(Effect::Allow))
    }

    /// The Allow that came nearest to a match.
    pub fn nearest(&self) -> Option<&StatementTrace> {
        let allows = self
            .statements
            .iter()
            .filter(|statement| statement.effect == Effect::Allow);
        allows.min_by_key(|statement| statement.distance())
    }

    /// The statement on which an unknown decision depends.
    pub fn open(&self) -> Option<&StatementTrace> {
        self.statements
            .iter()
            .find(|statement| statement.truth == Truth::Unknown)
    }
}

impl Explanation {
    /// The sets of a side; SCPs and RCPs have one set per level.
    pub fn of(&self, side: Side) -> impl Iterator<Item = &SetTrace> {
        self.sets.iter().filter(move |set| set.side == side)
    }

    /// The missing facts behind everything that is unknown.
    pub fn unknown(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        self.open.iter().for_each(|name| add(name));
        for set in &self.sets {
            set.unknown.iter().for_each(|reason| add(reason));
            let open = set
                .statements
                .iter()
                .filter(|statement| statement.truth == Truth::Unknown);
            open.flat_map(|statement| &statement.missed)
                .flat_map(|miss| &miss.unknown)
                .for_each(|name| add(name));
        }
        names
    }
}

/// Collects the steps of an evaluation.
#[derive(Debug, Default)]
pub(super) struct Tracer {
    explanation: Explanation,
    failed: Vec<(Element, Truth)>,
    current: Option<(Arc<PolicyDocument>, usize)>,
}

impl Tracer {
    /// Describes the misses of the sets that did not allow; the other sets need no explanation.
    pub(super) fn finish(
        self,
        request: &Request,
        policies: &Policies<'_>,
        other: Uncertainties,
        outcome: &Outcome,
    ) -> Explanation {
        let mut explanation = self.explanation;
        let owner_matters = outcome.decision == Decision::Unknown
            && request.resource_account.is_none()
            && request.resource.text().known() != Some("*");
        if owner_matters {
            explanation.open.push("resourceAccount".to_owned());
        }
        let view = View::new(request, other);
        if outcome.decision == Decision::Unknown {
            let names = grants::missing(request, &view);
            explanation.open.extend(names);
        }
        for trace in &mut explanation.sets {
            let Some(set) = policies.set(trace.side, trace.level) else {
                continue;
            };
            if outcome.side(trace.side) == Some(Verdict::Allow) {
                continue;
            }
            view.set_key_policy(trace.kind == PolicyType::Key);
            for (traced, compiled) in trace.statements.iter_mut().zip(set.statements()) {
                let failed = traced.failed.iter();
                traced.missed = failed
                    .map(|(element, truth)| {
                        scribe::miss(set, compiled, *element, request, &view, *truth)
                    })
                    .collect();
            }
        }
        explanation
    }
}

impl Observer for Tracer {
    const TRACING: bool = true;

    fn enter_set(&mut self, side: Side, level: usize, set: &PolicySet) {
        self.explanation.sets.push(SetTrace {
            side,
            level,
            kind: set.kind(),
            statements: Vec::with_capacity(set.statements().len()),
            unknown: set.unknown().iter().chain(set.open()).cloned().collect(),
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
