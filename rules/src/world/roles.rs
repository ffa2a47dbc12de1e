//! Roles and the pods that have them.

use policy_engine::inventory::{Association, Inventory, Role};
use std::collections::{HashMap, HashSet};

/// The pods of each role, by the ARN of the role.
pub(crate) struct Pods<'a> {
    /// The associations whose pods have a role in the end.
    ends: HashMap<&'a str, Vec<&'a Association>>,
    /// Every role that a pod assumes, also as the first of two.
    reached: HashSet<&'a str>,
}

impl<'a> Pods<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let mut pods = Self {
            ends: HashMap::new(),
            reached: HashSet::new(),
        };
        for association in &inventory.associations {
            let roles = association.roles();
            pods.reached.extend(roles.map(|role| role.value.as_str()));
            if let Some(last) = association.reader() {
                pods.ends.entry(&last.value).or_default().push(association);
            }
        }
        let annotated = inventory
            .service_accounts
            .iter()
            .filter_map(|account| account.irsa.as_ref());
        pods.reached
            .extend(annotated.map(|role| role.value.as_str()));
        pods
    }

    /// The associations whose pods read with a role: as their target role, else as their only role.
    pub(crate) fn tenants(&self, role: &Role) -> &[&'a Association] {
        let tenants = self.ends.get(role.arn.as_str());
        tenants.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a pod assumes a role, by an association or an annotation.
    pub(crate) fn serve(&self, role: &Role) -> bool {
        self.reached.contains(role.arn.as_str())
    }
}
