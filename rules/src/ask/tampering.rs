//! Permissions of readers to change what isolates tenants.

use crate::{
    ask::probe::Probe,
    context::Context,
    document::{
        Document, Owner, actions, covers, grants::is_administrator, is_allow, named, tags::reading,
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

/// The statements that allow an action to a role of pods or, in a standalone policy, to a reader. Another rule reports statements that allow
/// everything.
pub(crate) fn allowed<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    wanted: &[&'n str],
) -> Vec<Danger<'d, 'n>> {
    let statements = document.statements().iter();
    let statements = statements.filter(|own| is_allow(own) && !is_administrator(own));
    let mut dangers = statements
        .filter_map(|statement| Some((statement, named(statement, wanted)?)))
        .peekable();
    if document.kind != PolicyType::Identity || dangers.peek().is_none() {
        return Vec::new();
    }
    let concerned = match document.owner {
        Owner::Role(role) => context.pods.serve(role),
        _ => reading(document).next().is_some(),
    };
    if !concerned {
        return Vec::new();
    }
    let dangers = dangers.filter_map(|(statement, action)| {
        let mut values = actions(statement).iter();
        let value = values.find(|value| covers(value, action))?;
        Some(Danger {
            statement,
            place: value.origin,
            action,
            probe: Probe::meeting(document, statement, action, |_| false)?,
        })
    });
    dangers.collect()
}
