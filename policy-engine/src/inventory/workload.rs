//! The objects that run in clusters: service accounts, their associations, workloads, and mounts that a world file states.

use super::{
    attribute::Attribute,
    volume::{CsiVolume, RunAs},
};
use crate::{
    policy::PolicyDocument,
    source::{Origin, Spanned},
    text::Text,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A Kubernetes service account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// The pod of the service account.
    pub pod: Pod,
    /// The role of the `eks.amazonaws.com/role-arn` annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irsa: Option<Spanned<String>>,
    /// The place of its name.
    pub origin: Origin,
}

/// The pods of a service account. AWS distinguishes them only by their names and uids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pod {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
}

/// A Pod Identity association.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Association {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: Spanned<String>,
    /// The service account.
    pub service_account: Spanned<String>,
    /// The role's ARN; AWS's list call does not contain it.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub role: Attribute<Spanned<String>>,
    /// The ARN of the target role, which EKS assumes with the first role.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub target_role: Attribute<Spanned<String>>,
    /// The `sts:ExternalId` that EKS sends to the target role; absent if EKS derives it from the association.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub external_id: Attribute<String>,
    /// Whether EKS sets session tags, with the place; EKS sets them unless a source turns them off.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub session_tags: Attribute<Spanned<bool>>,
    /// The session policy.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub policy: Attribute<Arc<PolicyDocument>>,
    /// The address of the resource that makes it; `None` if AWS, a state or a world states that it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Other associations of the same service account; AWS accepts only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<DuplicateAssociation>,
    /// The place of the definition.
    pub origin: Origin,
}

/// A further association of the same service account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DuplicateAssociation {
    /// The address of the resource that makes it.
    pub declared: String,
    /// The role's ARN.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub role: Attribute<Spanned<String>>,
    /// The place of the definition.
    pub origin: Origin,
}

/// A Kubernetes object with a pod template that mounts classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// The cluster's ARN, or its name if no cluster with that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// For example `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The service account; for `default`, the place is the pod template.
    pub service_account: Spanned<String>,
    /// The names of the classes in its volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Spanned<String>>,
    /// Its CSI volumes as written: those of the driver, and others that name a class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<CsiVolume>,
    /// The user of its containers, unless a container states its own.
    #[serde(default, skip_serializing_if = "RunAs::is_empty")]
    pub run_as: RunAs,
    /// `fsGroup`: the group of the files in volumes that support it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group: Option<Spanned<String>>,
    /// `supplementalGroups`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Spanned<String>>,
    /// The place of its name.
    pub origin: Origin,
}

/// How a pod gets its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Via {
    /// EKS Pod Identity.
    PodIdentity,
    /// IAM roles for service accounts.
    Irsa,
}

/// An object that a service account mounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mount {
    /// The pod.
    pub pod: Pod,
    /// The object: a reference or an ARN.
    pub object: Spanned<String>,
    /// The region of the request, if it is not the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Spanned<String>>,
    /// The failover region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<Spanned<String>>,
    /// A fixed version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A staging label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How the pod gets its credentials; by default as its service account does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
}

impl Pod {
    /// Whether its cluster, its namespace and its service account are known.
    pub fn is_known(&self) -> bool {
        let parts = [&self.cluster, &self.namespace, &self.service_account];
        parts.into_iter().all(|part| Text::shown(part).is_known())
    }
}

impl Association {
    /// Whether EKS sets session tags: it does unless the association turns them off. `None` if that is unknown.
    pub fn sets_tags(&self) -> Option<bool> {
        match &self.session_tags {
            Attribute::Known(sets) => Some(sets.value),
            Attribute::Absent => Some(true),
            Attribute::Unknown(_) => None,
        }
    }

    /// The role of the requests: the target role or, without a target role, the role; `None` if it is unknown.
    pub fn reader(&self) -> Option<&Spanned<String>> {
        match &self.target_role {
            Attribute::Known(target) => Some(target),
            Attribute::Absent => self.role.known(),
            Attribute::Unknown(_) => None,
        }
    }

    /// Its roles: its own, then the target role.
    pub fn roles(&self) -> impl Iterator<Item = &Spanned<String>> {
        let target = self.target_role.known();
        self.role.known().into_iter().chain(target)
    }

    /// The pod of the association.
    pub fn pod(&self) -> Pod {
        Pod {
            cluster: self.cluster.clone(),
            namespace: self.namespace.value.clone(),
            service_account: self.service_account.value.clone(),
        }
    }
}

impl Workload {
    /// The pod of the workload.
    pub fn pod(&self) -> Pod {
        Pod {
            cluster: self.cluster.clone(),
            namespace: self.namespace.clone(),
            service_account: self.service_account.value.clone(),
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PodIdentity => "pod-identity",
            Self::Irsa => "irsa",
        })
    }
}
