//! Walks the chain from a pod to an object: class, association, trust, target role, data call, key
//! (docs/semantics.md#from-a-pod-to-a-secret).
//!
//! The walk is a row of authorization requests, each decided by the evaluator. It stops being followed at the first one
//! that is not allowed; later ones are evaluated all the same, so that a reader sees what else would refuse.

#[doc(hidden)]
pub mod mounts;
#[doc(hidden)]
pub mod promises;

mod ask;
mod compiled;
mod context;
mod faults;
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
        Association, ClassFault, Inventory, Pod, ServiceAccount, Via, find::Object, promise::Ask,
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

/// A world ready for questions: its policies compiled, its mounts found.
#[derive(Debug)]
pub struct Simulator<'a> {
    inventory: &'a Inventory,
    compiled: Compiled,
    mounts: Vec<MountPoint<'a>>,
    mounts_of: HashMap<Pod, Vec<usize>>,
    associations: HashMap<Pod, &'a Association>,
    service_accounts: HashMap<Pod, &'a ServiceAccount>,
    faults: ClassFaults,
}

/// One question about a pod and an object.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What it wants.
    pub target: Target<'a>,
    /// What is asked.
    pub ask: &'a Ask,
    /// How it gets its credentials, when that is not left to mount and service account.
    pub via: Option<Via>,
    /// Request context; wins over the world's.
    pub given: &'a [(String, ContextValue)],
    /// The rules of the register whose other branch is taken.
    pub other: Uncertainties,
}

/// What a pod wants.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// An object, as the pod mounts it or, where it does not, as it would.
    Object(Object<'a>),
    /// A mount.
    Mount(&'a MountPoint<'a>),
}

/// One stage and its answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stage {
    /// Which stage.
    pub name: StageName,
    /// The failover region, for what is asked there.
    pub region: Option<String>,
    /// Its answer.
    pub result: Verdict,
    /// The actions that were asked.
    pub asked: Vec<String>,
    /// What decided.
    pub by: Option<By>,
    /// The elements that kept the nearest statement from matching.
    pub missed: Vec<Miss>,
    /// In words: which fact is wrong where no statement decides, which role was found, which key decrypts.
    pub note: Option<String>,
    /// What would settle an unknown answer.
    pub unknown: Vec<String>,
    /// Numbers of the calls that the answer came from.
    pub calls: Vec<usize>,
    /// Why a stage without a policy refuses.
    pub fault: Option<Fault>,
}

/// What a stage's answer came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct By {
    /// The place, when it is written somewhere.
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

/// A refusal that no policy speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The provider refuses the class.
    Class(ClassFault),
    /// Nobody has the class that a volume names.
    NoClass(String),
    /// The object that is mounted does not exist where it is looked for.
    NoObject {
        /// As the class names it.
        name: String,
        /// The region.
        region: String,
    },
    /// The secret is marked for deletion since that time, and AWS returns no value of it.
    Deleted(String),
    /// The service account has no association.
    NoAssociation,
    /// The service account has no role annotation.
    NoAnnotation,
    /// The association's role is in another account than the cluster.
    ForeignRole,
    /// The CSIDriver object does not ask for the token.
    NoAudience(&'static str),
    /// The role does not exist.
    NoRole(String),
    /// The key does not exist.
    NoKey(String),
    /// The key is disabled.
    KeyDisabled,
}

/// One authorization request of the walk.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// Which step of the walk it is.
    pub step: Step,
    /// The region that is asked.
    pub region: String,
    /// The request.
    pub request: Request,
    /// The decision.
    pub outcome: Outcome,
    /// Why.
    pub explanation: Explanation,
}

/// The steps of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// EKS or the web identity becomes the role.
    Trust,
    /// The role becomes the target role.
    Chain,
    /// The object is read.
    Data,
    /// Its value is decrypted.
    Key,
}

/// The session that reads.
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
    /// Whether the pod gets what was asked.
    pub decision: Decision,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// The number of the stage that decided; `None` when everything is allowed.
    pub decided_by: Option<usize>,
    /// The requests that were made.
    pub calls: Vec<Call>,
    /// The session, when a role was found.
    pub session: Option<Session>,
    /// How the pod gets its credentials, when that is settled.
    pub via: Option<Via>,
    /// What would settle an unknown decision.
    pub unknown: Vec<String>,
    /// The rules of the register whose other branch would change the decision.
    pub assumed: Uncertainties,
    /// The number of the stage that would decide in the other branch.
    pub assumed_at: Option<usize>,
}

impl<'a> Simulator<'a> {
    /// Compiles the policies of a world.
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
        Self {
            inventory,
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

    /// The world.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// Every mount of every pod.
    pub fn mounts(&self) -> &[MountPoint<'a>] {
        &self.mounts
    }

    /// How a pod mounts an object, if it does.
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
        // A class that looks in the wrong place still means the object of that name.
        own()
            .find(same)
            .or_else(|| own().find(|mount| mount.object.is_none() && mount.names_object(object)))
    }
}

impl Walk {
    /// The stages of a name, the failover region's included.
    pub fn stage(&self, name: StageName) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.name == name)
    }

    /// The stage that decided.
    pub fn deciding(&self) -> Option<&Stage> {
        self.decided_by.and_then(|at| self.stages.get(at))
    }

    /// This walk for those who take nothing for granted: an answer that rests on an uncertainty is unknown, and so is the
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
