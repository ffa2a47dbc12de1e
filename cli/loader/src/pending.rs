//! Work that waits until every file is read: templates for each other, roles of Kubernetes for aggregation, and changes of unknown
//! resources.

use crate::{allowance::Allowance, resource::Home, setting::Setting};
use policy_engine::{
    inventory::{KmsKey, RbacRole, Secret},
    policy::PolicyDocument,
    source::Spanned,
    syntax::node::Node,
    text::{Hole, Text},
};
use std::{path::PathBuf, sync::Arc};

/// A template that waits for the others.
#[derive(Clone)]
pub(crate) struct Template {
    /// The name for display: the last part of the path, and the folders if several templates have the same name.
    pub(crate) file: String,
    /// The file as people name it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) root: Node,
    pub(crate) home: Home,
    pub(crate) stack: Option<String>,
    pub(crate) values: Vec<(String, Node)>,
    /// Whether the user named the file, or a world includes it.
    pub(crate) is_named: bool,
    /// The nested stacks whose templates are read.
    pub(crate) nested: Vec<String>,
    /// What these state as their outputs, by the attribute that reads them.
    pub(crate) outputs: Vec<(String, Node)>,
    /// The tags that the stack gives its resources, as far as files state them: keys and values.
    pub(crate) tags: Vec<(Node, Node)>,
    /// What decides whether its resources are made, where that is unknown.
    pub(crate) open: Option<String>,
    /// What functions may still make in this run.
    pub(crate) allowance: Allowance,
}

/// The settings of an assembly for one of its templates.
pub(crate) struct Assembled {
    pub(crate) path: PathBuf,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) stack: Option<String>,
    pub(crate) tags: Vec<(Node, Node)>,
    pub(crate) setting: Setting,
    pub(crate) manifest: String,
}

/// An object of a controller, which waits for those that it refers to.
pub(crate) struct Controlled {
    pub(crate) node: Node,
    pub(crate) setting: Setting,
}

/// What concerns Kubernetes Secrets that classes make. Each place is a cluster and a namespace, with the place in the text.
#[derive(Default)]
pub(crate) struct Synced {
    pub(crate) uses: Vec<SecretUse>,
    /// Secrets that a manifest contains, or that an operator makes of a manifest.
    pub(crate) made: Vec<(Spanned<(String, String)>, String)>,
    /// Places in which the classes that an object mounts are unknown.
    pub(crate) open: Vec<Spanned<(String, String)>>,
}

/// A reference of an object to a Secret that it requires.
pub(crate) struct SecretUse {
    pub(crate) place: Spanned<(String, String)>,
    /// `Deployment shop/app`
    pub(crate) object: String,
    pub(crate) secret: Spanned<String>,
    pub(crate) key: Option<Spanned<String>>,
}

impl Synced {
    /// All places.
    pub(crate) fn places(&mut self) -> impl Iterator<Item = &mut Spanned<(String, String)>> {
        let uses = self.uses.iter_mut().map(|own| &mut own.place);
        let made = self.made.iter_mut().map(|(place, _)| place);
        uses.chain(made).chain(&mut self.open)
    }
}

/// A role before aggregation.
#[derive(Clone, Debug)]
pub(crate) struct RawRole {
    pub(crate) role: RbacRole,
    /// No selector chooses a role whose labels are unknown.
    pub(crate) labels: Option<Vec<(String, String)>>,
    /// `aggregationRule.clusterRoleSelectors`
    pub(crate) selectors: Vec<Selector>,
}

/// A label selector.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pub(crate) labels: Vec<(String, String)>,
    /// Key, operator, values.
    pub(crate) expressions: Vec<(String, String, Vec<String>)>,
}

/// A change of an unknown resource: it may apply to any resource of its kind in the account.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    /// Twelve digits; nothing where it may be any account.
    pub(crate) account: Option<String>,
    pub(crate) target: Target,
    /// What is stated.
    pub(crate) of: StrayFact,
}

impl Stray {
    /// A change of a resource of an account whose name is unknown.
    pub(crate) fn within(account: String, of: StrayFact) -> Self {
        Self {
            account: Some(account),
            target: Target::Any,
            of,
        }
    }
}

/// The resource that a change applies to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Each of its kind.
    Any,
    /// That of this name, id or ARN.
    Named(Text),
    /// The same, made by the source that states the change: no other source makes it, and AWS may have it already.
    Made(Text),
}

/// A change that may apply to any resource of its kind.
#[derive(Clone, Debug)]
pub(crate) enum StrayFact {
    /// A policy that some role has.
    Policy(Hole),
    /// An inline policy that some role has.
    Inline {
        document: Arc<PolicyDocument>,
        hole: Hole,
    },
    /// A managed policy that some role has.
    Attached { arn: String, hole: Hole },
    /// Some role has no managed policies but these.
    OnlyAttached { listed: Vec<String>, hole: Hole },
    /// Some role has no inline policies but those with these names.
    OnlyInline { listed: Vec<String>, hole: Hole },
    /// Changes of the roles, secrets and keys whose name or ARN is in a text.
    Passed { to: String, hole: Hole },
    /// Everything about some role.
    Role(Hole),
    /// What some managed policy allows.
    ManagedPolicy(Hole),
    /// Everything about some secret.
    Secret(Hole),
    /// Everything about some parameter.
    Parameter(Hole),
    /// The resource policy of some secret.
    SecretPolicy(Hole),
    /// A tag of some secret.
    SecretTag(Hole),
    /// The policy of some key.
    KeyPolicy(Hole),
    /// An alias of some key.
    Alias(Hole),
    /// A grant of some key.
    Grant(Hole),
    /// Principals that some parameter is shared with.
    Share(Hole),
}

/// A change of a resource that a later file may describe.
pub(crate) struct Late {
    /// The account of what states it.
    pub(crate) account: Option<String>,
    /// The name, id or ARN of the resource.
    pub(crate) id: Spanned<String>,
    /// What people call what states it.
    pub(crate) address: String,
    /// The note if no file describes the resource.
    pub(crate) describes: &'static str,
    pub(crate) of: LateFact,
}

/// The change of a fact.
pub(crate) enum LateFact {
    /// Of a secret.
    Secret(Box<dyn FnOnce(&mut Secret)>),
    /// Of a KMS key.
    Key(Box<dyn FnOnce(&mut KmsKey)>),
}

/// A directory of the repository with the namespace of its objects.
pub(crate) struct Deployed {
    pub(crate) path: PathBuf,
    /// Nothing where it is unknown.
    pub(crate) namespace: Option<String>,
    /// Whether it overrides the namespace that an object states.
    pub(crate) overrides: bool,
    /// Whether the controller changes more of the objects than their namespace.
    pub(crate) changes: bool,
}
