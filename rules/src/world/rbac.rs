//! Kubernetes RBAC: what tenants of a cluster may do beyond their own namespaces.

use policy_engine::inventory::{
    Inventory, RbacBinding, RbacRole, RbacRule, RbacSubject, SecretProviderClass,
};
use std::collections::BTreeSet;

/// A binding that gives a tenant something.
pub(crate) struct Grant<'a> {
    pub(crate) binding: &'a RbacBinding,
    pub(crate) role: &'a RbacRole,
    pub(crate) subject: &'a RbacSubject,
}

/// What somebody may do to a resource: verbs, API group, resource.
pub(crate) type Right = (&'static [&'static str], &'static str, &'static str);

/// The bindings whose subject is a tenant; built-in subjects and whole administrators are none.
pub(crate) fn tenants(inventory: &Inventory) -> Vec<Grant<'_>> {
    let grants = inventory.access.grants();
    let known = grants.filter_map(|(binding, role)| Some((binding, role?)));
    let modest =
        known.filter(|(_, role)| !role.rules.iter().any(|rule| rule.grants("*", "*", "*")));
    modest
        .flat_map(|(binding, role)| {
            let subjects = binding.subjects.iter();
            subjects.map(move |subject| Grant {
                binding,
                role,
                subject,
            })
        })
        .filter(|grant| is_tenant(inventory, grant))
        .collect()
}

/// A person or group that is not built in, or a service account of a namespace that reads secrets of its own.
fn is_tenant(inventory: &Inventory, grant: &Grant<'_>) -> bool {
    if grant.subject.kind != "ServiceAccount" {
        return !grant.subject.name.value.starts_with("system:");
    }
    let own = grant.subject.namespace.as_deref();
    own.is_some_and(|own| homes(inventory, &grant.binding.cluster).contains(own))
}

/// The namespaces of a cluster in which an identity of AWS can be had: associations, annotated service accounts.
pub(crate) fn homes<'a>(inventory: &'a Inventory, cluster: &str) -> BTreeSet<&'a str> {
    let bound = inventory.associations.iter();
    let bound = bound
        .filter(|one| one.cluster == cluster)
        .map(|one| one.namespace.value.as_str());
    let annotated = inventory.service_accounts.iter();
    let annotated = annotated
        .filter(|one| one.irsa.is_some() && one.pod.cluster == cluster)
        .map(|one| one.pod.namespace.as_str());
    bound.chain(annotated).collect()
}

/// The namespaces of a cluster in which values of AWS become Kubernetes Secrets.
pub(crate) fn synced<'a>(inventory: &'a Inventory, cluster: &str) -> BTreeSet<&'a str> {
    let classes = inventory.classes.iter();
    let own = classes.filter(|one: &&SecretProviderClass| {
        one.cluster == cluster && one.provider == "aws" && !one.synced.is_empty()
    });
    own.map(|class| class.namespace.as_str()).collect()
}

impl<'a> Grant<'a> {
    /// Of some namespaces the first one that the binding reaches and that is not the subject's own. People and groups own the
    /// namespaces in which they are bound; bound everywhere, they own none of several.
    pub(crate) fn reaches<'n>(&self, namespaces: &BTreeSet<&'n str>) -> Option<&'n str> {
        let own = self.subject.namespace.as_deref();
        match (&self.binding.namespace, own) {
            (Some(_), None) => None,
            (Some(bound), Some(own)) => {
                let there = namespaces.iter().find(|one| *one == bound);
                there.copied().filter(|there| *there != own)
            }
            (None, Some(own)) => namespaces.iter().copied().find(|one| *one != own),
            (None, None) => namespaces.iter().copied().next_back(),
        }
    }

    /// The rule of the role that gives one of some rights, with that right.
    pub(crate) fn gives(
        &self,
        rights: &[Right],
    ) -> Option<(&'a RbacRule, &'static str, &'static str)> {
        self.role.rules.iter().find_map(|rule| {
            rights.iter().find_map(|(verbs, group, resource)| {
                let verb = verbs
                    .iter()
                    .find(|verb| rule.grants(verb, group, resource))?;
                Some((rule, *verb, *resource)).filter(|_| rule.names.is_empty())
            })
        })
    }
}
