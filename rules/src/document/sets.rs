//! The policies that AWS evaluates together with a document.

use super::owner::Owner;
use policy_engine::{
    evaluator::Policies,
    inventory::Inventory,
    policy::{PolicyDocument, PolicyType, set::PolicySet},
};
use std::sync::Arc;

/// The policies that AWS evaluates together with a document, compiled.
pub(crate) struct Sets {
    identity: Option<PolicySet>,
    boundary: Option<PolicySet>,
    resource: Option<PolicySet>,
}

impl Sets {
    pub(super) fn new(
        inventory: &Inventory,
        kind: PolicyType,
        policy: &Arc<PolicyDocument>,
        owner: Owner<'_>,
    ) -> Self {
        let set = |kind, documents: Vec<Arc<PolicyDocument>>| Some(PolicySet::new(kind, documents));
        let own = vec![Arc::clone(policy)];
        let mut sets = Self {
            identity: None,
            boundary: None,
            resource: None,
        };
        match (kind, owner) {
            (PolicyType::Identity, Owner::Role(role)) => {
                let managed = role.attached.list.iter().filter_map(|arn| {
                    let policies = inventory.policies.iter();
                    policies
                        .filter(|policy| policy.arn == arn.value)
                        .map(|policy| Arc::clone(&policy.document))
                        .next()
                });
                let all: Vec<_> = role.inline.list.iter().cloned().chain(managed).collect();
                let open = [&role.inline.open, &role.attached.open];
                // Unstated policies are left out, as in the check of a single document.
                let open = open
                    .into_iter()
                    .flatten()
                    .filter(|hole| !hole.is_unstated());
                let identity = PolicySet::new(PolicyType::Identity, all);
                sets.identity = Some(open.fold(identity, |set, hole| {
                    set.with_unknown(hole.name.to_string())
                }));
                let boundary = role.boundary.known().and_then(|arn| {
                    let policies = &mut inventory.policies.iter();
                    policies.find(|policy| policy.arn == arn.value)
                });
                sets.boundary = boundary.and_then(|policy| {
                    set(PolicyType::Boundary, vec![Arc::clone(&policy.document)])
                });
                if let Some(hole) = role.boundary.hole().filter(|hole| !hole.is_unstated()) {
                    let reason = hole.name.to_string();
                    sets.boundary = Some(PolicySet::perhaps(PolicyType::Boundary, reason));
                }
            }
            (
                kind @ (PolicyType::Resource
                | PolicyType::Trust
                | PolicyType::Key
                | PolicyType::Endpoint),
                _,
            ) => sets.resource = set(kind, own),
            _ => sets.identity = set(PolicyType::Identity, own),
        }
        sets
    }

    pub(crate) fn policies(&self) -> Policies<'_> {
        Policies {
            identity: self.identity.as_ref(),
            boundary: self.boundary.as_ref(),
            session: None,
            resource: self.resource.as_ref(),
            scp: None,
            rcp: None,
            endpoint: None,
        }
    }
}
