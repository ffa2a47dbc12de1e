//! A resource that a file describes, in the spelling of its language.

use policy_engine::{
    inventory::{AccountId, Region},
    source::{Origin, Spanned},
    syntax::node::Node,
    text::{Hole, Text},
};
use std::borrow::Cow;

/// The kind of a resource, in the order in which adapters take resources: resources that others refer to come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Noun {
    /// An IAM role.
    Role,
    /// A managed policy.
    Policy,
    /// An EKS cluster.
    Cluster,
    /// A KMS key.
    Key,
    /// A secret of Secrets Manager.
    Secret,
    /// A parameter of Parameter Store.
    Parameter,
    /// An inline policy that names its roles.
    InlinePolicy,
    /// A managed policy and the roles that it is attached to.
    Attachment,
    /// The only managed policies of a role.
    ExclusiveAttachments,
    /// The only inline policies of a role.
    ExclusivePolicies,
    /// A Pod Identity association.
    Association,
    /// An EKS add-on with associations of its own.
    Addon,
    /// The policy of a KMS key.
    KeyPolicy,
    /// An alias of a KMS key.
    Alias,
    /// A grant of a KMS key.
    Grant,
    /// The resource policy of a secret.
    SecretPolicy,
    /// One tag of a secret.
    SecretTag,
    /// Parameters and the principals that they are shared with.
    Share,
    /// A VPC endpoint.
    Endpoint,
    /// An organization.
    Organization,
    /// A unit of an organization.
    Unit,
    /// An account of an organization.
    Member,
    /// An SCP or RCP and what it is attached to.
    OrganizationPolicy,
    /// A Kubernetes service account.
    ServiceAccount,
    /// A SecretProviderClass.
    Class,
    /// A Kubernetes Secret; only its name counts.
    KubernetesSecret,
    /// A CSIDriver.
    Driver,
    /// A Role or ClusterRole of Kubernetes.
    AccessRole,
    /// A RoleBinding or ClusterRoleBinding of Kubernetes.
    AccessBinding,
    /// Any other Kubernetes object: it counts when it has a pod template.
    Workload,
}

/// The attributes of a resource by their names in its language.
pub(crate) trait Attributes {
    /// The value; nothing when it is not set. What is not known is a hole, an element of a list or a key of a map
    /// that may be there is a hole as well.
    fn attribute(&self, name: &str) -> Option<Cow<'_, Node>>;

    /// Tags that the resource gets without stating them.
    fn given_tags(&self) -> Vec<(Node, Node)> {
        Vec::new()
    }
}

/// A resource that a file describes.
pub(crate) struct Resource<'l> {
    /// What it is.
    pub(crate) noun: Noun,
    /// What people call it: an address of Terraform, a logical id.
    pub(crate) address: String,
    /// The address of its definition, if the source describes a future resource rather than an existing one.
    pub(crate) declared: Option<String>,
    /// Its name, with what is not known of it between angle brackets, and where that is written.
    pub(crate) name: Spanned<String>,
    /// Its ARN, as far as it has one that follows.
    pub(crate) arn: Option<Text>,
    /// Where it lives.
    pub(crate) home: Home,
    /// Whether it exists.
    pub(crate) exists: Exists,
    /// Its attributes.
    pub(crate) attributes: Box<dyn Attributes + 'l>,
    /// Whether an attribute that is not stated is absent; if not, another source may state it.
    pub(crate) whole: bool,
    /// Where it is described.
    pub(crate) origin: Origin,
}

/// Account, region and partition of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) partition: String,
}

impl Home {
    /// Account and region, where both are known.
    pub(crate) fn placed(&self) -> Option<(AccountId, Region)> {
        let account = AccountId::parse(self.account.as_deref()?)?;
        Some((account, Region::parse(self.region.as_deref()?)?))
    }
}

/// Whether a resource exists.
#[derive(Clone, Debug)]
pub(crate) enum Exists {
    /// It does, or will.
    Yes,
    /// It depends on this.
    Unknown(Hole),
}

impl Attributes for Node {
    fn attribute(&self, name: &str) -> Option<Cow<'_, Node>> {
        self.get(name).map(Cow::Borrowed)
    }
}

impl<T: Attributes + ?Sized> Attributes for &T {
    fn attribute(&self, name: &str) -> Option<Cow<'_, Node>> {
        (**self).attribute(name)
    }
}
