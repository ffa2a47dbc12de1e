//! Permissions of readers to change what isolates tenants.

use crate::{
    ask::probe::Probe,
    context::Context,
    document::{
        Document, Owner, READS, actions, covers,
        grants::is_administrator,
        is_allow, named, speaks_of,
        tags::{reading, rests_on_caller_tags},
    },
};
use policy_engine::{
    inventory::Role,
    policy::{PolicyDocument, PolicyType, statement::Statement},
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

/// The statements that allow an action to a role of pods or to a reader. Another rule reports statements that allow
/// everything.
pub(crate) fn allowed<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    wanted: &[&'n str],
) -> Vec<Danger<'d, 'n>> {
    dangers(context, document, |statement| named(statement, wanted))
}

/// The same with the statements whose `NotAction` does not exclude the action.
pub(crate) fn allowed_or_left<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    wanted: &[&'n str],
) -> Vec<Danger<'d, 'n>> {
    dangers(context, document, |statement| {
        let mut spoken = wanted.iter().filter(|action| speaks_of(statement, action));
        named(statement, wanted).or_else(|| spoken.next().copied())
    })
}

fn dangers<'d, 'n>(
    context: &Context<'_>,
    document: &'d Document<'_>,
    dangerous: impl Fn(&Statement) -> Option<&'n str>,
) -> Vec<Danger<'d, 'n>> {
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

/// Whether a document belongs to a role of pods, or allows to read secrets itself.
fn concerns_readers(context: &Context<'_>, document: &Document<'_>) -> bool {
    let serves = match document.owner {
        Owner::Role(role) => context.pods.serve(role),
        _ => false,
    };
    serves || reading(document).next().is_some()
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

/// The roles whose permissions depend on tags of the caller.
pub(crate) fn roles_by_tag<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Role> {
    let inventory = context.inventory;
    let rests = |policy: &PolicyDocument| {
        let mut statements = policy.statements.iter();
        statements
            .any(|own| is_allow(own) && named(own, &READS).is_some() && rests_on_caller_tags(own))
    };
    // A document that several roles share is listed once, so that the roles are asked.
    inventory.roles.iter().filter(move |role| {
        let attached = role.attached.list.iter().any(|arn| {
            let mut policies = inventory.policies.iter();
            policies.any(|policy| policy.arn == arn.value && rests(&policy.document))
        });
        attached || role.inline.list.iter().any(|policy| rests(policy))
    })
}
