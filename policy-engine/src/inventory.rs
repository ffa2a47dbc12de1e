//! The world: accounts, clusters, pods, roles, secrets and keys, whatever source they came from.
//!
//! Readers fill it; nothing downstream knows where a fact came from except through its origin. It holds no value of a
//! secret, and no field could.

pub mod class;
pub mod find;
pub mod promise;
pub mod rbac;
pub mod volume;

use crate::{
    policy::PolicyDocument,
    request::ContextValue,
    source::{Origin, Spanned},
    text::Text,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

pub use class::{
    ClassFault, Descriptor, Dialect, FailoverObject, JmesEntry, SecretProviderClass, SyncedKey,
    SyncedSecret,
};
pub use rbac::{ClusterAccess, RbacBinding, RbacRole, RbacRule, RbacSubject};
pub use volume::{CsiVolume, RunAs, VolumeMount};

/// Everything that is known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inventory {
    /// Accounts by the order they were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Account>,
    /// The organization; `None` means no SCPs and no RCPs.
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
    /// Policies that are attached to nothing that is known: no answer depends on them.
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
    /// Workloads with CSI volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<Workload>,
    /// Mounts that a world file states itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Kubernetes RBAC: who may do what in the clusters.
    #[serde(default, skip_serializing_if = "ClusterAccess::is_empty")]
    pub access: ClusterAccess,
    /// Which kinds of fact are complete.
    pub closed: Closed,
    /// What exists although nothing describes it.
    pub externals: Externals,
    /// Request context that every question assumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<(Spanned<String>, ContextValue)>,
}

/// An AWS account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// What the user calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where its things are unless they say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// SCPs attached to the account itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Arc<PolicyDocument>>,
    /// RCPs attached to the account itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Arc<PolicyDocument>>,
    /// Whether `FullAWSAccess` is attached to the account itself.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub full_access: bool,
    /// Where it is named.
    pub origin: Origin,
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_yes(value: &bool) -> bool {
    *value
}

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The id of the management account; its own SCPs and RCPs do not bind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management: Option<String>,
    /// The root with everything below.
    pub root: Unit,
}

/// The root or an organizational unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unit {
    /// `r-…` or `ou-…`; the name where no id is given.
    pub id: String,
    /// Attached SCPs, beside `FullAWSAccess`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Arc<PolicyDocument>>,
    /// Attached RCPs, beside `RCPFullAWSAccess`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Arc<PolicyDocument>>,
    /// Whether `FullAWSAccess` is attached.
    pub full_access: bool,
    /// Ids of the accounts directly in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Units in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
    /// Where it is written.
    pub origin: Origin,
}

/// An EKS cluster; its identity is account, region and name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cluster {
    /// The ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The partition.
    pub partition: String,
    /// The issuer without `https://`, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Ids of the VPC endpoints through which its nodes call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
    /// Whether the driver polls for rotated values.
    pub rotation: bool,
    /// Which provider mounts its classes.
    #[serde(default, skip_serializing_if = "Dialect::is_default")]
    pub provider: Dialect,
    /// The token audiences of the CSIDriver object, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Spanned<Vec<String>>>,
    /// Where it is written.
    pub origin: Origin,
}

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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Spanned<String>>,
    /// The ARN of the role that EKS assumes with the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role: Option<Spanned<String>>,
    /// What EKS sends as `sts:ExternalId` to the target role; EKS makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whether EKS sets session tags; where that is said, the place.
    pub session_tags: Spanned<bool>,
    /// The session policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Arc<PolicyDocument>>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Spanned<String>>,
    /// Where it is written.
    pub origin: Origin,
}

/// An IAM role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// The ARN, path included.
    pub arn: String,
    /// The trust policy, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Arc<PolicyDocument>>,
    /// The inline policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<Arc<PolicyDocument>>,
    /// The ARNs of the attached policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<Spanned<String>>,
    /// Whether all its policies are known.
    pub complete: bool,
    /// The ARN of its boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Spanned<String>>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// `AROA…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// Where its name is written.
    pub origin: Origin,
}

/// A managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedPolicy {
    /// The ARN.
    pub arn: String,
    /// Its default version.
    pub document: Arc<PolicyDocument>,
}

/// A policy that stands alone, with what it seems to be attached to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoosePolicy {
    /// Its type, as far as its text tells.
    pub kind: crate::policy::PolicyType,
    /// The document.
    pub document: Arc<PolicyDocument>,
}

/// A tag of a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tag {
    /// The key, in the case the service keeps.
    pub key: Spanned<String>,
    /// The value.
    pub value: Spanned<Text>,
}

/// A secret; its value is never read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    /// The ARN; the six characters at its end may be a hole.
    pub arn: Text,
    /// The name.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// The region of the primary.
    pub region: String,
    /// The tags, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Spanned<Vec<Tag>>>,
    /// What encrypts it.
    pub key: KeyRef,
    /// The resource policy.
    pub policy: ResourcePolicy,
    /// Replicas in other regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<Replica>,
    /// When its deletion was asked for, as the answer spells it; it cannot be read since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Spanned<String>>,
    /// Where its name is written.
    pub origin: Origin,
}

/// A copy of a secret in another region.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replica {
    /// The region.
    pub region: Spanned<String>,
    /// What encrypts it there.
    pub key: KeyRef,
}

/// What encrypts a secret or parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyRef {
    /// The key that AWS manages for the service; the place where a key would be named.
    AwsManaged(Origin),
    /// A key by id, ARN, alias or alias ARN.
    Named(Spanned<String>),
    /// No source tells.
    Unknown,
}

/// The resource policy of a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourcePolicy {
    /// It has none; the place that says so.
    None(Origin),
    /// This one.
    Document(Arc<PolicyDocument>),
    /// No source tells.
    Unknown,
}

/// A parameter of Parameter Store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameter {
    /// The ARN.
    pub arn: String,
    /// The name with its leading slash, as it is written.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// Whether its value is encrypted: `SecureString`.
    pub secure: bool,
    /// Whether it is of the advanced tier.
    pub advanced: bool,
    /// What encrypts it.
    pub key: KeyRef,
    /// The tags, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Spanned<Vec<Tag>>>,
    /// Ids of the accounts and organizational units it is shared with, ARNs of roles and users, or `organization`; what
    /// nothing tells stands between angle brackets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Spanned<String>>,
    /// Where its name is written.
    pub origin: Origin,
}

/// A KMS key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KmsKey {
    /// The ARN; its id may be a hole.
    pub arn: Text,
    /// What the world file calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The key policy, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Arc<PolicyDocument>>,
    /// Aliases with `alias/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<crate::request::Grant>,
    /// Tags, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Spanned<Vec<Tag>>>,
    /// Whether AWS manages it.
    pub aws_managed: bool,
    /// Whether it can be used; where that is said, the place.
    pub enabled: Spanned<bool>,
    /// Where it is written.
    pub origin: Origin,
}

/// A VPC endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// `vpce-…`, or its name.
    pub id: String,
    /// Twelve digits.
    pub account: String,
    /// `secretsmanager`, `ssm`, `kms`, `sts` or `eks-auth`.
    pub service: String,
    /// `vpc-…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// The policy; `None` is full access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Arc<PolicyDocument>>,
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

/// Which kinds of fact are complete: what is not there does not exist.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Closed {
    /// Every kind.
    pub all: bool,
    /// Kinds by their name in a world file, for one account (its id) or for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<(String, Option<String>)>,
}

/// What exists although nothing describes it; patterns with `*`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Externals {
    /// Kinds by their name in a world file, and patterns of references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<(String, Spanned<String>)>,
}

impl Closed {
    /// Whether a kind of fact is complete for an account.
    pub fn contains(&self, kind: &str, account: &str) -> bool {
        self.all
            || self.kinds.iter().any(|(name, only)| {
                name == kind && only.as_ref().is_none_or(|only| only == account)
            })
    }
}

impl Association {
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

impl Inventory {
    /// The name of an account, or its id.
    pub fn account_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.account(id)
            .and_then(|account| account.name.as_deref())
            .unwrap_or(id)
    }

    /// The account of that id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The cluster of that ARN or, when only one has it, of that name.
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

    /// Which provider mounts the classes of a cluster: the AWS provider, unless the world states otherwise.
    pub fn dialect(&self, cluster: &str) -> Dialect {
        self.cluster(cluster)
            .map_or_else(Dialect::default, |cluster| cluster.provider)
    }

    /// The endpoint of that id, an account's own before another's: a world may call it by a name of its own.
    pub fn endpoint(&self, id: &str, account: &str) -> Option<&Endpoint> {
        let mut named = self.endpoints.iter().filter(|one| one.id == id);
        let own = named.clone().find(|one| one.account == account);
        own.or_else(|| named.next())
    }

    /// The role of that ARN.
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

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PodIdentity => "pod-identity",
            Self::Irsa => "irsa",
        })
    }
}
