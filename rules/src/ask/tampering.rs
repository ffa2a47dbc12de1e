//! Permissions of readers to change what isolates tenants.

use crate::{
    ask::probe::Probe,
    context::Context,
    document::{
        Document, Owner, actions, covers, grants::is_administrator, is_allow, matches_action,
        named, tags::reading,
    },
};
use policy_engine::{
    policy::{PolicyType, statement::Statement},
    source::Origin,
};

/// A statement that allows a dangerous action.
pub(crate) struct Danger<'d, 'n> {
    pub(crate) statement: &'d Statement,
    /// Where the action is named.
    pub(crate) place: Origin,
    pub(crate) action: &'n str,
    /// A request that meets the statement.
    pub(crate) probe: Probe,
}

impl Danger<'_, '_> {
    /// The change that takes the action away: for a `NotAction`, which names no action, a list of the actions that are used.
    pub(crate) fn remedy(&self, change: &str) -> String {
        let element = self.statement.action.as_ref();
        if element.is_some_and(|list| list.negated) {
            return "replace `NotAction` by an `Action` that lists the actions in use".to_owned();
        }
        change.to_owned()
    }
}

/// The statements that allow an action to a role of pods or to a reader, by naming it or by a `NotAction` that does not exclude it. Another
/// rule reports statements that allow everything.
pub(crate) fn allowed<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    wanted: &[&'n str],
) -> Vec<Danger<'d, 'n>> {
    let dangerous = |statement: &Statement| {
        let mut matched = wanted
            .iter()
            .filter(|action| matches_action(statement, action));
        named(statement, wanted).or_else(|| matched.next().copied())
    };
    let statements = document.statements().iter();
    let statements = statements.filter(|own| is_allow(own) && !is_administrator(own));
    let mut dangers = statements
        .filter_map(|statement| Some((statement, dangerous(statement)?)))
        .peekable();
    if document.kind != PolicyType::Identity
        || dangers.peek().is_none()
        || !concerns_readers(context, document)
    {
        return Vec::new();
    }
    let dangers = dangers.filter_map(|(statement, action)| {
        Some(Danger {
            statement,
            place: place_of(statement, action)?,
            action,
            probe: Probe::meeting(document, statement, action, |_| false)?,
        })
    });
    dangers.collect()
}

/// Whether a document belongs to a role of pods, or names an action that reads secrets. A policy of its own with `NotAction` is more often that
/// of administrators.
fn concerns_readers(context: &Context<'_>, document: &Document<'_>) -> bool {
    let serves = match document.owner {
        Owner::Role(role) => context.pods.serve(role),
        _ => false,
    };
    let mut reading = reading(document);
    serves || reading.any(|(statement, action)| named(statement, &[action]).is_some())
}

/// The entry of `Action` that names an action, else `NotAction`.
pub(crate) fn place_of(statement: &Statement, action: &str) -> Option<Origin> {
    let element = statement.action.as_ref()?;
    if element.negated {
        return Some(element.key);
    }
    let mut values = actions(statement).iter();
    let value = values.find(|value| covers(value, action))?;
    Some(value.origin)
}
