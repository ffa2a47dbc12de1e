//! An association without the target role that reads.

use super::case::Case;
use crate::finding::Draft;
use policy_engine::{evaluator::explain::StatementTrace, inventory::Role};

/// The draft for an association without a target role, if the nearest statement of its role lets it assume a role and do nothing else: the target
/// role was intended to read.
pub(super) fn missing(case: &Case<'_>, nearest: &StatementTrace) -> Option<Draft> {
    let association = case.associations().next()?;
    if !association.target_role.is_absent() {
        return None;
    }
    let arn = assumed(case, nearest)?.arn.to_string();
    let name = case.inventory.role_name(&arn);
    let reason = format!("its association has no target role, and its role only assumes `{name}`");
    let draft = case
        .at(association.origin, "no target role", case.message(&reason))
        .mounted(case.mount.name.origin)
        .help(format!("\"targetRoleArn\": \"{arn}\""));
    Some(draft)
}

/// The role that a statement allows to assume, if it allows nothing else.
fn assumed<'c>(case: &Case<'c>, nearest: &StatementTrace) -> Option<&'c Role> {
    let statement = nearest.written()?;
    let mut actions = statement.action.iter().flat_map(|list| &list.values);
    let mut names = statement.resource.iter().flat_map(|list| &list.values);
    let role = names.find_map(|name| case.index.role(name.text.known()?));
    role.filter(|_| actions.all(|own| own.text.literal().starts_with("sts:")))
}
