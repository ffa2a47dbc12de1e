//! Permissions to change what keeps tenants apart, in the hands of those who read.

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

/// The statements that allow one of some actions to a role of pods or, in a policy that stands alone, to whoever it lets
/// read; a statement that allows everything is flagged as that.
pub(crate) fn allowed<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    wanted: &[&'n str],
) -> Vec<Danger<'d, 'n>> {
    let statements = document.statements().iter();
    let statements = statements.filter(|one| is_allow(one) && !is_administrator(one));
    let mut found = statements
        .filter_map(|statement| Some((statement, named(statement, wanted)?)))
        .peekable();
    if document.kind != PolicyType::Identity || found.peek().is_none() {
        return Vec::new();
    }
    let concerned = match document.owner {
        Owner::Role(role) => context.pods.serve(role),
        _ => reading(document).next().is_some(),
    };
    if !concerned {
        return Vec::new();
    }
    let found = found.filter_map(|(statement, action)| {
        let value = actions(statement).iter().find(|one| covers(one, action))?;
        Some(Danger {
            statement,
            place: value.origin,
            action,
            probe: Probe::meeting(document, statement, action, |_| false)?,
        })
    });
    found.collect()
}
