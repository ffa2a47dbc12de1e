//! The policy documents of a world, each once.

use super::{Document, Owner, content, last_part};
use policy_engine::{
    inventory::{Inventory, ResourcePolicy, Unit, find::Object},
    policy::{PolicyDocument, PolicyType},
    source::Origin,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The documents that a source contains. A document that several roles share, or that two sources contain, is listed at the first place.
pub(crate) fn all(inventory: &Inventory) -> Vec<Document<'_>> {
    let mut list = List::default();
    // Of two policies with an ARN the first one counts.
    let policies = inventory.policies.iter().rev();
    let policies: HashMap<_, _> = policies
        .map(|own| (own.arn.as_str(), &own.document))
        .collect();
    for role in &inventory.roles {
        let name = inventory.role_name(&role.arn);
        let owner = Owner::Role(role);
        list.extend(PolicyType::Trust, role.trust.known(), owner, &name);
        list.extend(PolicyType::Identity, &role.inline.list, owner, &name);
        for arn in &role.attached.list {
            let policy = policies.get(arn.value.as_str()).copied();
            list.extend(PolicyType::Identity, policy, owner, &name);
        }
    }
    // A boundary that is also attached as a permission is listed as a permission.
    for role in &inventory.roles {
        let boundary = role.boundary.known();
        let policy = boundary.and_then(|arn| policies.get(arn.value.as_str()).copied());
        let name = inventory.role_name(&role.arn);
        list.extend(PolicyType::Boundary, policy, Owner::Role(role), &name);
    }
    for secret in &inventory.secrets {
        if let ResourcePolicy::Document(policy) = &secret.policy {
            let name = Object::Secret(secret).display(inventory);
            list.push(PolicyType::Resource, policy, Owner::Secret(secret), name);
        }
    }
    for key in &inventory.keys {
        let name = Object::Key(key).display(inventory);
        list.extend(PolicyType::Key, key.policy.known(), Owner::Key(key), &name);
    }
    for association in &inventory.associations {
        let name = inventory.pod_name(&association.pod());
        list.extend(
            PolicyType::Session,
            association.policy.known(),
            Owner::Other,
            &name,
        );
    }
    for account in &inventory.accounts {
        let name = inventory.account_name(&account.id);
        list.extend(PolicyType::Scp, &account.scps, Owner::Other, name);
        list.extend(PolicyType::Rcp, &account.rcps, Owner::Other, name);
    }
    if let Some(organization) = &inventory.organization {
        unit(&mut list, &organization.root);
    }
    for endpoint in &inventory.endpoints {
        list.extend(
            PolicyType::Endpoint,
            &endpoint.policy,
            Owner::Other,
            &endpoint.id,
        );
    }
    for policy in &inventory.policies {
        let name = inventory.role_name(&policy.arn);
        list.push(PolicyType::Identity, &policy.document, Owner::Nothing, name);
    }
    for loose in &inventory.loose {
        let name = last_part(&loose.document.name).to_owned();
        list.push(loose.kind, &loose.document, Owner::Nothing, name);
    }
    list.documents
}

fn unit<'a>(list: &mut List<'a>, parent: &'a Unit) {
    list.extend(PolicyType::Scp, &parent.scps, Owner::Other, &parent.id);
    list.extend(PolicyType::Rcp, &parent.rcps, Owner::Other, &parent.id);
    parent.units.iter().for_each(|child| unit(list, child));
}

#[derive(Default)]
struct List<'a> {
    documents: Vec<Document<'a>>,
    /// The number of the document at each place.
    seen: HashMap<(u32, u32, u32), usize>,
    /// The policies of roles, by their content: a source can contain a policy at two places.
    contents: HashSet<String>,
}

impl<'a> List<'a> {
    fn extend(
        &mut self,
        kind: PolicyType,
        policies: impl IntoIterator<Item = &'a Arc<PolicyDocument>>,
        owner: Owner<'a>,
        object: &str,
    ) {
        for policy in policies {
            self.push(kind, policy, owner, object.to_owned());
        }
    }

    fn push(
        &mut self,
        kind: PolicyType,
        policy: &'a Arc<PolicyDocument>,
        owner: Owner<'a>,
        object: String,
    ) {
        let Origin { source, span } = policy.origin;
        let written = policy.origin.is_somewhere();
        if let Owner::Role(role) = owner {
            let content: Vec<_> = policy.statements.iter().map(content).collect();
            let parts = [&*role.arn, &*policy.name, &content.join("\n")].join("\n");
            if !self.contents.insert(format!("{kind}\n{parts}")) {
                return;
            }
        }
        if !written {
            return;
        }
        let place = (source.0, span.start, span.end);
        if let Some(known) = self.seen.get(&place) {
            let document = self.documents.get_mut(*known);
            let document = document.filter(|own| own.kind == kind);
            if let (Some(document), Owner::Role(role)) = (document, owner) {
                document.sharing.push(role);
            }
            return;
        }
        self.seen.insert(place, self.documents.len());
        self.documents
            .push(Document::new(kind, policy, owner, object));
    }
}
