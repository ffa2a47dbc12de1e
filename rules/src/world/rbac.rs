//! Kubernetes RBAC: the rights of tenants outside of their own namespaces.

use policy_engine::inventory::{
    Inventory, RbacBinding, RbacRole, RbacRule, RbacSubject, SecretProviderClass,
};
use std::collections::BTreeSet;

/// A binding with a tenant as its subject.
pub(crate) struct Grant<'a> {
    pub(crate) binding: &'a RbacBinding,
    pub(crate) role: &'a RbacRole,
    pub(crate) subject: &'a RbacSubject,
}

/// A right: verbs, API group, resource.
pub(crate) type Right = (&'static [&'static str], &'static str, &'static str);

/// The bindings whose subject is a tenant; built-in subjects and cluster administrators are no tenants.
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

/// Whether the subject is a user or group that is not built in, or a service account of a namespace with AWS identities.
fn is_tenant(inventory: &Inventory, grant: &Grant<'_>) -> bool {
    if grant.subject.kind != "ServiceAccount" {
        // Amazon EKS User Guide, "Understand Amazon EKS created RBAC roles and users": the control plane owns `eks:`.
        let name = &grant.subject.name.value;
        return !["system:", "eks:"].iter().any(|own| name.starts_with(own));
    }
    let own = grant.subject.namespace.as_deref();
    if own == Some("kube-system") && is_of_driver(&grant.subject.name.value) {
        return false;
    }
    own.is_some_and(|own| homes(inventory, &grant.binding.cluster).contains(own))
}

/// Whether a service account is that of the Secrets Store CSI driver or of its AWS provider, which need these rights in
/// `kube-system`.
///
/// Secrets Store CSI driver, "Installation" and "Sync as Kubernetes Secret"; the manifests of both name the accounts so.
fn is_of_driver(name: &str) -> bool {
    const NAMES: [&str; 3] = [
        "secrets-store-csi-driver",
        "csi-secrets-store-provider-aws",
        "secrets-store-csi-driver-provider-aws",
    ];
    // Charts write the name of the release before the name.
    let is_own = |own: &&str| {
        name.strip_suffix(*own)
            .is_some_and(|head| head.is_empty() || head.ends_with('-'))
    };
    NAMES.iter().any(is_own)
}

/// The namespaces of a cluster with AWS identities: those of associations and of annotated service accounts.
pub(crate) fn homes<'a>(inventory: &'a Inventory, cluster: &str) -> BTreeSet<&'a str> {
    let bound = inventory.associations.iter();
    let bound = bound
        .filter(|association| association.cluster == cluster)
        .map(|association| association.namespace.value.as_str());
    let annotated = inventory.service_accounts.iter();
    let annotated = annotated
        .filter(|account| account.irsa.is_some() && account.pod.cluster == cluster)
        .map(|account| account.pod.namespace.as_str());
    bound.chain(annotated).collect()
}

/// The namespaces of a cluster in which the driver writes values into Kubernetes Secrets.
pub(crate) fn synced<'a>(inventory: &'a Inventory, cluster: &str) -> BTreeSet<&'a str> {
    let classes = inventory.classes.iter();
    let own = classes.filter(|class: &&SecretProviderClass| {
        class.cluster == cluster && class.provider == "aws" && !class.synced.is_empty()
    });
    own.map(|class| class.namespace.as_str()).collect()
}

impl<'a> Grant<'a> {
    /// The first of some namespaces that the binding reaches and that does not belong to the subject. A user or group owns the namespaces of its
    /// bindings; with a binding for the whole cluster it owns no namespace.
    pub(crate) fn reaches<'n>(&self, namespaces: &BTreeSet<&'n str>) -> Option<&'n str> {
        let own = self.subject.namespace.as_deref();
        match (&self.binding.namespace, own) {
            (Some(_), None) => None,
            (Some(bound), Some(own)) => {
                let reached = namespaces.iter().find(|namespace| *namespace == bound);
                reached.copied().filter(|reached| *reached != own)
            }
            (None, Some(own)) => namespaces.iter().copied().find(|other| *other != own),
            (None, None) => namespaces.iter().copied().next_back(),
        }
    }

    /// The rule of the role that grants a right, with the first right that it grants.
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
