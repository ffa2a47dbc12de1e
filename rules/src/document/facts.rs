//! What rules ask of a document again and again, found when the first one asks.

use super::{Document, identity};
use crate::{
    arns::{self, Named},
    context::Context,
    probe::Sets,
    quota,
    variables::{self, Malformed},
};
use policy_engine::policy::statement::Statement;
use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

#[derive(Default)]
pub(super) struct Facts<'a> {
    arns: OnceLock<Vec<Named<'a>>>,
    identities: OnceLock<Vec<String>>,
    beyond: OnceLock<bool>,
    malformed: OnceLock<Vec<Malformed<'a>>>,
    sets: OnceLock<Box<Sets>>,
    mentioned: Mutex<HashMap<String, bool>>,
}

impl<'a> Document<'a> {
    /// The ARNs that its statements name.
    pub(crate) fn arns(&self) -> &[Named<'a>] {
        let policy = self.policy;
        self.facts
            .arns
            .get_or_init(|| arns::find(&policy.statements))
    }

    /// What tells a statement from its neighbours.
    pub(crate) fn identity(&self, statement: &Statement) -> String {
        let mut own = self.statements().iter();
        let number = own.position(|one| std::ptr::eq(one, statement));
        let all = || self.statements().iter().map(identity).collect();
        let known = number.and_then(|at| self.facts.identities.get_or_init(all).get(at));
        known.map_or_else(|| identity(statement), Clone::clone)
    }

    /// Its variables that cannot be read.
    pub(crate) fn malformed_variables(&self) -> &[Malformed<'a>] {
        let policy = self.policy;
        self.facts.malformed.get_or_init(|| variables::find(policy))
    }

    /// Whether it is larger than any that AWS takes, however it was written.
    pub(crate) fn is_beyond(&self) -> bool {
        *self.facts.beyond.get_or_init(|| quota::is_beyond(self))
    }

    /// The policies among which it stands, compiled.
    pub(crate) fn sets(&self, context: &Context<'_>) -> &Sets {
        self.facts
            .sets
            .get_or_init(|| Box::new(Sets::new(context, self)))
    }

    /// Whether a test of it is about a key, or compares one with that key.
    pub(crate) fn mentions(&self, key: &str) -> bool {
        let mut known = self
            .facts
            .mentioned
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(key) {
            return *known;
        }
        let tests = self.statements().iter().flat_map(|one| &one.conditions);
        let mut texts = tests.flat_map(|test| std::iter::once(&test.key).chain(&test.values));
        let found = texts.any(|text| text.text.literal().contains(key));
        known.insert(key.to_owned(), found);
        found
    }
}
