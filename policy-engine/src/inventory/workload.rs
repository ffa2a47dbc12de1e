//! What runs in clusters: service accounts, their associations, workloads, and mounts that a world file states.

use super::{
    attribute::Attribute,
    volume::{CsiVolume, RunAs},
};
use crate::{
    policy::PolicyDocument,
    source::{Origin, Spanned},
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A Kubernetes service account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// Who it is.
    pub pod: Pod,
    /// The role of the `eks.amazonaws.com/role-arn` annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irsa: Option<Spanned<String>>,
    /// Where its name is written.
    pub origin: Origin,
}

/// What runs as a service account; pods that share one cannot be told apart by AWS, but for their name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pod {
    /// The cluster's ARN, or its name when no cluster of that name is known.
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
    /// The cluster's ARN, or its name when no cluster of that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: Spanned<String>,
    /// The service account.
    pub service_account: Spanned<String>,
    /// The role's ARN; the list call of AWS does not tell it.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub role: Attribute<Spanned<String>>,
    /// The ARN of the role that EKS assumes with the first one.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub target_role: Attribute<Spanned<String>>,
    /// What EKS sends as `sts:ExternalId` to the target role; absent where EKS makes it of what the association is for.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub external_id: Attribute<String>,
    /// Whether EKS sets session tags, with the place; EKS sets them where nothing turns them off.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub session_tags: Attribute<Spanned<bool>>,
    /// The session policy.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub policy: Attribute<Arc<PolicyDocument>>,
    /// The address of what makes it; `None` where AWS, a state or a world says that it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Others that are made for the same service account; AWS takes one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<DuplicateAssociation>,
    /// Where it is written.
    pub origin: Origin,
}

/// A further association of a service account that has one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DuplicateAssociation {
    /// The address of what makes it.
    pub declared: String,
    /// The role's ARN.
    #[serde(default, skip_serializing_if = "Attribute::is_absent")]
    pub role: Attribute<Spanned<String>>,
    /// Where it is written.
    pub origin: Origin,
}

/// Something with a pod template that mounts classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// The cluster's ARN, or its name when no cluster of that name is known.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// `Deployment`, for instance.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The service account; `default` stands at the pod template.
    pub service_account: Spanned<String>,
    /// Names of the classes its volumes name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Spanned<String>>,
    /// Its CSI volumes as they are written: those of the driver, and those that name a class all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<CsiVolume>,
    /// Whom its containers run as where they do not say it themselves.
    #[serde(default, skip_serializing_if = "RunAs::is_empty")]
    pub run_as: RunAs,
    /// `fsGroup`: the group that is given to volumes that support it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group: Option<Spanned<String>>,
    /// `supplementalGroups`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Spanned<String>>,
    /// Where its name is written.
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
    /// Who mounts.
    pub pod: Pod,
    /// What: a reference or an ARN.
    pub object: Spanned<String>,
    /// The region that is asked, when it is not the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Spanned<String>>,
    /// The region that is asked as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<Spanned<String>>,
    /// A fixed version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A staging label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How the pod gets its credentials; by default as the service account can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
}

impl Association {
    /// Whether EKS sets session tags: it does unless the association turns them off. `None` when that is not known.
    pub fn sets_tags(&self) -> Option<bool> {
        match &self.session_tags {
            Attribute::Known(sets) => Some(sets.value),
            Attribute::Absent => Some(true),
            Attribute::Unknown(_) => None,
        }
    }

    /// The role that reads: the target role or, without one, the role; `None` when that is not known.
    pub fn reader(&self) -> Option<&Spanned<String>> {
        match &self.target_role {
            Attribute::Known(target) => Some(target),
            Attribute::Absent => self.role.known(),
            Attribute::Unknown(_) => None,
        }
    }

    /// The roles that it names: its own, then its target.
    pub fn roles(&self) -> impl Iterator<Item = &Spanned<String>> {
        let target = self.target_role.known();
        self.role.known().into_iter().chain(target)
    }

    /// Whose it is.
    pub fn pod(&self) -> Pod {
        Pod {
            cluster: self.cluster.clone(),
            namespace: self.namespace.value.clone(),
            service_account: self.service_account.value.clone(),
        }
    }
}

impl Workload {
    /// What its pods run as.
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
