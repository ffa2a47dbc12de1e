//! Walks the chain from a pod to an object: class, association, trust, target role, data call, key
//! (docs/semantics.md#from-a-pod-to-a-secret).
//!
//! The walk is a list of authorization requests, each decided by the evaluator. The first request that is not allowed decides
//! the walk; the later requests are evaluated as well, so that the answer contains everything else that would refuse.

#[doc(hidden)]
pub mod mounts;
#[doc(hidden)]
pub mod promises;

mod ask;
mod compiled;
mod context;
mod faults;
mod network;
mod share;
mod stages;
mod walk;

pub use crate::stage::StageName;
use crate::{
    evaluator::{
        Decision, Outcome, Verdict,
        explain::{Explanation, Miss},
    },
    inventory::{
        Association, ClassFault, Inventory, Pod, Role, ServiceAccount, Via, find::Object,
        promise::Ask,
    },
    policy::PolicyType,
    request::{ContextValue, Request},
    source::Origin,
    uncertainty::Uncertainties,
};
use compiled::Compiled;
use faults::ClassFaults;
pub use mounts::MountPoint;
use std::{collections::HashMap, sync::Arc};

/// A world prepared for questions: its policies are compiled, its mounts are known.
#[derive(Debug)]
pub struct Simulator<'a> {
    inventory: &'a Inventory,
    compiled: Compiled,
    mounts: Vec<MountPoint<'a>>,
    mounts_of: HashMap<Pod, Vec<usize>>,
    associations: HashMap<Pod, &'a Association>,
    service_accounts: HashMap<Pod, &'a ServiceAccount>,
    roles: HashMap<&'a str, &'a Role>,
    faults: ClassFaults,
}

/// One question about a pod and an object.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// The object or the mount.
    pub target: Target<'a>,
    /// The access.
    pub ask: &'a Ask,
    /// How the pod gets its credentials, unless mount and service account decide it.
    pub via: Option<Via>,
    /// Request context; takes precedence over the world's.
    pub given: &'a [(String, ContextValue)],
    /// The uncertainties for which the other branch applies.
    pub other: Uncertainties,
}

/// The object of a question.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// An object, as the pod mounts it or, if it does not, as it would mount it.
    Object(Object<'a>),
    /// A mount.
    Mount(&'a MountPoint<'a>),
}

/// One stage and its verdict.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stage {
    /// The stage.
    pub name: StageName,
    /// The failover region, if the stage belongs to its requests.
    pub region: Option<String>,
    /// The verdict.
    pub result: Verdict,
    /// The actions of its requests.
    pub asked: Vec<String>,
    /// The policy or the fact that decided.
    pub by: Option<By>,
    /// The elements that prevented the nearest statement from matching.
    pub missed: Vec<Miss>,
    /// A note: the wrong fact if no statement decides, the role, the key that decrypts.
    pub note: Option<String>,
    /// The missing facts of an unknown verdict.
    pub unknown: Vec<String>,
    /// Numbers of the calls that gave the verdict.
    pub calls: Vec<usize>,
    /// The reason for a refusal without a policy.
    pub fault: Option<Fault>,
}

/// The source of a stage's verdict.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct By {
    /// The place, if it is written in a source.
    pub origin: Origin,
    /// The policy type, for a policy.
    pub kind: Option<PolicyType>,
    /// The policy's name.
    pub policy: Option<Arc<str>>,
    /// The statement's number.
    pub statement: Option<usize>,
    /// The statement's Sid.
    pub sid: Option<String>,
}

/// A refusal without a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The driver rejects the volume of that name: it is not read-only.
    Volume(String),
    /// The provider refuses the class.
    Class(ClassFault),
    /// No source describes the class that a volume names.
    NoClass(String),
    /// The service account of the pod does not exist, so that Kubernetes makes no pod.
    NoServiceAccount(String),
    /// The mounted object does not exist in the account and region of the request.
    NoObject {
        /// The name in the class.
        name: String,
        /// The region.
        region: String,
    },
    /// The secret is marked for deletion since that time, and AWS does not return its value.
    Deleted(String),
    /// The service account has no association.
    NoAssociation,
    /// The service account has no role annotation.
    NoAnnotation,
    /// The association's role is in another account than the cluster.
    ForeignRole,
    /// The CSIDriver object does not request the token.
    NoAudience(&'static str),
    /// The role does not exist.
    NoRole(String),
    /// The key does not exist.
    NoKey(String),
    /// The key is disabled.
    KeyDisabled,
    /// The key is no symmetric encryption key: this is its spec or its usage.
    KeyUnfit(String),
}

/// One authorization request of the walk.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The step of the walk.
    pub step: Step,
    /// The region of the request.
    pub region: String,
    /// The request.
    pub request: Request,
    /// The decision.
    pub outcome: Outcome,
    /// The explanation.
    pub explanation: Explanation,
}

/// The steps of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// EKS or the web identity assumes the role.
    Trust,
    /// The role assumes the target role.
    Chain,
    /// The session reads the object.
    Data,
    /// The value is decrypted.
    Key,
}

/// The session that reads the object.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Session {
    /// The ARN of its role.
    pub role: String,
    /// Its tags: those of the session, then those of the role.
    pub tags: Vec<(String, String)>,
}

/// The answer to a question.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Walk {
    /// Whether the pod has the access.
    pub decision: Decision,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// The number of the stage that decided; `None` if everything is allowed.
    pub decided_by: Option<usize>,
    /// The requests of the walk.
    pub calls: Vec<Call>,
    /// The session, if the pod has a role.
    pub session: Option<Session>,
    /// How the pod gets its credentials, if it is known.
    pub via: Option<Via>,
    /// The missing facts of an unknown decision.
    pub unknown: Vec<String>,
    /// The uncertainties whose other branch would change the decision.
    pub assumed: Uncertainties,
    /// The number of the stage that would decide in the other branch.
    pub assumed_at: Option<usize>,
}

impl<'a> Simulator<'a> {
    /// Compiles the policies of a world, and lists its mounts.
    pub fn new(inventory: &'a Inventory) -> Self {
        let mounts = mounts::find(inventory);
        let mut mounts_of: HashMap<Pod, Vec<usize>> = HashMap::new();
        for (number, mount) in mounts.iter().enumerate() {
            mounts_of.entry(mount.pod.clone()).or_default().push(number);
        }
        // Of two that claim a pod the first one counts.
        let associations = inventory
            .associations
            .iter()
            .rev()
            .map(|association| (association.pod(), association));
        let service_accounts = inventory
            .service_accounts
            .iter()
            .rev()
            .map(|account| (account.pod.clone(), account));
        let roles = inventory.roles.iter().rev();
        let roles = roles.map(|role| (&*role.arn, role));
        Self {
            inventory,
            roles: roles.collect(),
            compiled: Compiled::new(inventory),
            mounts,
            mounts_of,
            associations: associations.collect(),
            service_accounts: service_accounts.collect(),
            faults: ClassFaults::default(),
        }
    }

    fn association_of(&self, pod: &Pod) -> Option<&'a Association> {
        self.associations.get(pod).copied()
    }

    fn service_account_of(&self, pod: &Pod) -> Option<&'a ServiceAccount> {
        self.service_accounts.get(pod).copied()
    }

    fn role(&self, arn: &str) -> Option<&'a Role> {
        self.roles.get(arn).copied()
    }

    /// The world.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// The mounts of all pods.
    pub fn mounts(&self) -> &[MountPoint<'a>] {
        &self.mounts
    }

    /// The mount by which a pod reads an object, if it mounts the object.
    pub fn mount_of(&self, pod: &Pod, object: Object<'_>) -> Option<&MountPoint<'a>> {
        let own = || {
            let numbers = self
                .mounts_of
                .get(pod)
                .map(Vec::as_slice)
                .unwrap_or_default();
            numbers.iter().filter_map(|number| self.mounts.get(*number))
        };
        let same = |mount: &&MountPoint<'_>| {
            mount
                .object
                .is_some_and(|other| other.arn() == object.arn())
        };
        // A class with the wrong region or account still names the object.
        own()
            .find(|mount| same(mount) && mount.rejected.is_none())
            .or_else(|| own().find(same))
            .or_else(|| own().find(|mount| mount.object.is_none() && mount.names_object(object)))
    }
}

impl Walk {
    /// The stages with a name, including those of the failover region.
    pub fn stage(&self, name: StageName) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.name == name)
    }

    /// The stage that decided.
    pub fn deciding(&self) -> Option<&Stage> {
        self.decided_by.and_then(|at| self.stages.get(at))
    }

    /// The strict reading of this walk: a decision that depends on an uncertainty is unknown, and so is the
    /// stage that decides it.
    #[must_use]
    pub fn reported(mut self) -> Self {
        if self.assumed == Uncertainties::NONE {
            return self;
        }
        self.decision = Decision::Unknown;
        self.unknown = self.assumed.iter().map(|entry| entry.to_string()).collect();
        self.assumed = Uncertainties::NONE;
        self.decided_by = self.decided_by.or(self.assumed_at);
        let deciding = self.decided_by.and_then(|at| self.stages.get_mut(at));
        if let Some(stage) = deciding {
            stage.result = Verdict::Unknown;
            stage.unknown.clone_from(&self.unknown);
        }
        self
    }

    /// Whether a stage refuses by itself.
    pub fn refuses_at(&self, name: StageName) -> bool {
        self.stage(name).any(|stage| stage.result.blocks())
    }
}
