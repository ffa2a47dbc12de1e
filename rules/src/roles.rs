//! Roles and the pods that end in them.

use policy_engine::inventory::{Association, Inventory, Role};

/// The associations whose pods read as a role: as its target role, or as their only one.
pub(crate) fn tenants<'a>(inventory: &'a Inventory, role: &Role) -> Vec<&'a Association> {
    let ends_in = |one: &&Association| {
        let last = one.target_role.as_ref().or(one.role.as_ref());
        last.is_some_and(|last| last.value == role.arn)
    };
    inventory.associations.iter().filter(ends_in).collect()
}

/// Whether pods can become a role, by an association or an annotation.
pub(crate) fn serves_pods(inventory: &Inventory, role: &Role) -> bool {
    let named = |one: &Association| {
        let roles = one.role.iter().chain(&one.target_role);
        roles.into_iter().any(|other| other.value == role.arn)
    };
    let annotated = inventory
        .service_accounts
        .iter()
        .filter_map(|one| one.irsa.as_ref());
    inventory.associations.iter().any(named)
        || annotated.into_iter().any(|one| one.value == role.arn)
}
