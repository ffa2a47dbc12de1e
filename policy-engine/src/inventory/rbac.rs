//! Kubernetes RBAC as far as manifests state it: roles with a binding, and the bindings.

use crate::source::{Origin, Spanned};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The permissions of the clusters.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterAccess {
    /// Roles and ClusterRoles that a binding names; built-in ClusterRoles where no manifest redefines them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RbacRole>,
    /// RoleBindings and ClusterRoleBindings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<RbacBinding>,
}

/// A Role or a ClusterRole.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RbacRole {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace; `None` for a ClusterRole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its rules, including those of aggregated ClusterRoles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RbacRule>,
    /// The place of its name; none for a built-in ClusterRole.
    pub origin: Origin,
}

/// A rule about resources; rules about paths are left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RbacRule {
    /// `apiGroups`; the core group is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    /// `resources`, with subresources as `pods/exec`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Spanned<String>>,
    /// `verbs`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<Spanned<String>>,
    /// `resourceNames`; an empty list is all names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The place of the rule.
    pub origin: Origin,
}

/// A RoleBinding or a ClusterRoleBinding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RbacBinding {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace of the permissions; `None` for a ClusterRoleBinding: every namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// `roleRef.name`
    pub role: Spanned<String>,
    /// Whether `roleRef` names a ClusterRole.
    pub cluster_role: bool,
    /// The subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<RbacSubject>,
    /// The place of its name.
    pub origin: Origin,
}

/// A subject of a binding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RbacSubject {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: String,
    /// The namespace of a service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: Spanned<String>,
}

impl RbacRule {
    /// Whether the rule grants a verb on a resource of an API group, for any object name.
    ///
    /// `resource` may name a subresource: `pods/exec`.
    pub fn grants(&self, verb: &str, group: &str, resource: &str) -> bool {
        let is = |pattern: &str, text: &str| pattern == "*" || pattern == text;
        let any_parent = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        self.verbs.iter().any(|pattern| is(&pattern.value, verb))
            && self.api_groups.iter().any(|pattern| is(pattern, group))
            && self.resources.iter().any(|pattern| {
                is(&pattern.value, resource)
                    || any_parent.as_deref() == Some(pattern.value.as_str())
            })
    }
}

impl RbacSubject {
    /// `ServiceAccount dev/app`, `Group team-a`
    pub fn display(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name.value),
            None => format!("{} {}", self.kind, self.name.value),
        }
    }
}

impl ClusterAccess {
    /// Whether there are no roles and bindings.
    pub(super) fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.bindings.is_empty()
    }

    /// Each binding with its role; `None` for a role that no source describes.
    pub fn grants(&self) -> impl Iterator<Item = (&RbacBinding, Option<&RbacRole>)> {
        let roles: HashMap<_, _> = self
            .roles
            .iter()
            .map(|role| {
                let namespace = role.namespace.as_deref();
                ((role.cluster.as_str(), namespace, role.name.as_str()), role)
            })
            .collect();
        self.bindings.iter().map(move |binding| {
            let namespace = binding
                .namespace
                .as_deref()
                .filter(|_| !binding.cluster_role);
            let key = (
                binding.cluster.as_str(),
                namespace,
                binding.role.value.as_str(),
            );
            (binding, roles.get(&key).copied())
        })
    }
}
