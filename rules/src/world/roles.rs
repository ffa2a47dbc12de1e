//! Roles and the pods that end in them.

use policy_engine::inventory::{Association, Inventory, Role};
use std::collections::{HashMap, HashSet};

/// Which pods have which role, by the roles' ARNs.
pub(crate) struct Pods<'a> {
    /// The associations that end in a role.
    ends: HashMap<&'a str, Vec<&'a Association>>,
    /// Every role that a pod can become on its way.
    reached: HashSet<&'a str>,
}

impl<'a> Pods<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let mut pods = Self {
            ends: HashMap::new(),
            reached: HashSet::new(),
        };
        for association in &inventory.associations {
            let roles = association.role.iter().chain(&association.target_role);
            pods.reached.extend(roles.map(|role| role.value.as_str()));
            let last = association
                .target_role
                .as_ref()
                .or(association.role.as_ref());
            if let Some(last) = last {
                pods.ends.entry(&last.value).or_default().push(association);
            }
        }
        let annotated = inventory
            .service_accounts
            .iter()
            .filter_map(|one| one.irsa.as_ref());
        pods.reached
            .extend(annotated.map(|role| role.value.as_str()));
        pods
    }

    /// The associations whose pods read as a role: as its target role, or as their only one.
    pub(crate) fn tenants(&self, role: &Role) -> &[&'a Association] {
        let tenants = self.ends.get(role.arn.as_str());
        tenants.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether pods can become a role, by an association or an annotation.
    pub(crate) fn serve(&self, role: &Role) -> bool {
        self.reached.contains(role.arn.as_str())
    }
}
