//! The world: accounts, clusters, pods, roles, secrets and keys, whatever their source.
//!
//! Readers fill it. Nothing downstream knows the source of a fact, except through its origin. The inventory holds no value of a
//! secret, and has no field for one.

mod account;
mod attribute;
#[doc(hidden)]
pub mod class;
mod closed;
mod cluster;
mod endpoint;
#[doc(hidden)]
pub mod find;
mod id;
pub(crate) mod names;
mod organization;
pub mod promise;
#[doc(hidden)]
pub mod rbac;
mod role;
mod secret;
#[doc(hidden)]
pub mod volume;
mod workload;

use crate::{request::ContextValue, source::Spanned};
use serde::{Deserialize, Serialize};

pub use account::Account;
pub use attribute::{Attribute, Listed, Tag, Tags};
pub use class::{
    ClassFault, Descriptor, Dialect, FailoverObject, JmesEntry, OpenClass, SecretProviderClass,
    SyncedKey, SyncedSecret,
};
pub use closed::{Closed, Externals};
pub use cluster::Cluster;
pub use endpoint::Endpoint;
pub use id::{AccountId, Region, RoleArn};
pub use organization::{Organization, Unit};
pub use rbac::{ClusterAccess, RbacBinding, RbacRole, RbacRule, RbacSubject};
pub use role::{LoosePolicy, ManagedPolicy, Role};
pub use secret::{KeyRef, KmsKey, Parameter, Replica, ResourcePolicy, Secret};
pub use volume::{CsiVolume, RunAs, VolumeMount};
pub use workload::{Association, DuplicateAssociation, Mount, Pod, ServiceAccount, Via, Workload};

/// All known facts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inventory {
    /// Accounts, in the order of the sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Account>,
    /// The organization; `None` if there are no SCPs and no RCPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// EKS clusters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<Cluster>,
    /// Kubernetes service accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_accounts: Vec<ServiceAccount>,
    /// Pod Identity associations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<Association>,
    /// IAM roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Managed policies, AWS's own as far as they are attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<ManagedPolicy>,
    /// Policies that no known object uses; no answer depends on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loose: Vec<LoosePolicy>,
    /// Secrets of Secrets Manager.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Parameters of Parameter Store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// KMS keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KmsKey>,
    /// VPC endpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
    /// SecretProviderClasses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<SecretProviderClass>,
    /// SecretProviderClasses of which a part is unknown; none of them is in `classes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_classes: Vec<OpenClass>,
    /// Workloads with CSI volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<Workload>,
    /// Mounts that a world file states directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Kubernetes RBAC: who may do what in the clusters.
    #[serde(default, skip_serializing_if = "ClusterAccess::is_empty")]
    pub access: ClusterAccess,
    /// The kinds of facts that are complete.
    pub closed: Closed,
    /// Objects that exist although no source describes them.
    pub externals: Externals,
    /// Request context of every question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<(Spanned<String>, ContextValue)>,
}

impl Inventory {
    /// The name of an account, or its id.
    pub fn account_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.account(id)
            .and_then(|account| account.name.as_deref())
            .unwrap_or(id)
    }

    /// The account with an id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The cluster with an ARN or, if only one cluster has it, a name.
    pub fn cluster(&self, reference: &str) -> Option<&Cluster> {
        self.clusters
            .iter()
            .find(|cluster| cluster.arn == reference)
            .or_else(|| {
                let mut named = self
                    .clusters
                    .iter()
                    .filter(|cluster| cluster.name == reference);
                named.next().filter(|_| named.next().is_none())
            })
    }

    /// The provider that mounts the classes of a cluster: the AWS provider, unless the world states another.
    pub fn dialect(&self, cluster: &str) -> Dialect {
        self.cluster(cluster)
            .map_or_else(Dialect::default, |cluster| cluster.provider)
    }

    /// The endpoint with an id, an account's own before that of another account: a world may name an endpoint freely.
    pub fn endpoint(&self, id: &str, account: &str) -> Option<&Endpoint> {
        let mut named = self.endpoints.iter().filter(|endpoint| endpoint.id == id);
        let own = named.clone().find(|endpoint| endpoint.account == account);
        own.or_else(|| named.next())
    }

    /// The role with an ARN.
    pub fn role(&self, arn: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.arn == arn)
    }

    /// `prod:dev/app`
    pub fn pod_name(&self, pod: &Pod) -> String {
        let cluster = self
            .cluster(&pod.cluster)
            .map_or(pod.cluster.as_str(), |cluster| cluster.name.as_str());
        format!("{cluster}:{}/{}", pod.namespace, pod.service_account)
    }

    /// `shop:pod-reader`
    pub fn role_name(&self, arn: &str) -> String {
        match crate::syntax::arn::Arn::parse(arn) {
            Some(parsed) => {
                let name = parsed
                    .resource
                    .rsplit('/')
                    .next()
                    .unwrap_or(parsed.resource);
                format!("{}:{name}", self.account_name(parsed.account))
            }
            None => arn.to_owned(),
        }
    }

    /// `vault:dev/db`
    pub fn object_name(&self, account: &str, name: &str) -> String {
        format!("{}:{name}", self.account_name(account))
    }
}
