//! The facts of a world by what rules search for.

use policy_engine::inventory::{Association, Inventory, ManagedPolicy, Pod, Role, ServiceAccount};
use std::collections::{HashMap, HashSet};

/// The facts of a world by what rules search for. Of two facts with one name the first counts.
pub(crate) struct Index<'a> {
    roles: HashMap<&'a str, &'a Role>,
    policies: HashMap<&'a str, &'a ManagedPolicy>,
    associations: HashMap<Name<'a>, Vec<&'a Association>>,
    users: HashMap<&'a str, Users<'a>>,
    idle: Idle<'a>,
}

/// Cluster, namespace and service account.
type Name<'a> = (&'a str, &'a str, &'a str);

/// What gives a role to pods.
#[derive(Default)]
pub(crate) struct Users<'a> {
    /// The associations with the role, also as a target role.
    pub(crate) associations: Vec<&'a Association>,
    /// The service accounts whose annotation names the role.
    pub(crate) accounts: Vec<&'a ServiceAccount>,
}

/// The associations whose pods no source describes.
#[derive(Default)]
struct Idle<'a> {
    /// The first of each cluster and service account.
    accounts: HashMap<(&'a str, &'a str), &'a Association>,
    /// The first of each cluster and namespace.
    namespaces: HashMap<(&'a str, &'a str), &'a Association>,
    /// All of each namespace and service account.
    names: HashMap<(&'a str, &'a str), Vec<&'a Association>>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let roles = inventory.roles.iter().rev();
        let policies = inventory.policies.iter().rev();
        let mut associations: HashMap<_, Vec<_>> = HashMap::new();
        for own in &inventory.associations {
            associations
                .entry(of_association(own))
                .or_default()
                .push(own);
        }
        Self {
            roles: roles.map(|role| (role.arn.as_str(), role)).collect(),
            policies: policies.map(|own| (own.arn.as_str(), own)).collect(),
            associations,
            users: users(inventory),
            idle: Idle::new(inventory),
        }
    }

    /// The role with an ARN.
    pub(crate) fn role(&self, arn: &str) -> Option<&'a Role> {
        self.roles.get(arn).copied()
    }

    /// The managed policy with an ARN.
    pub(crate) fn policy(&self, arn: &str) -> Option<&'a ManagedPolicy> {
        self.policies.get(arn).copied()
    }

    /// The associations of a pod's service account.
    pub(crate) fn associations_of(&self, pod: &Pod) -> Vec<&'a Association> {
        let own = self.associations.get(&of_pod(pod));
        own.cloned().unwrap_or_default()
    }

    /// The associations and service accounts that give a role to pods.
    pub(crate) fn users_of(&self, role: &str) -> Option<&Users<'a>> {
        self.users.get(role)
    }

    /// The first association without a pod that has the cluster and the service account of a pod.
    pub(crate) fn idle_of_account(&self, pod: &Pod) -> Option<&'a Association> {
        let key = (pod.cluster.as_str(), pod.service_account.as_str());
        self.idle.accounts.get(&key).copied()
    }

    /// The first association without a pod that has the cluster and the namespace of a pod.
    pub(crate) fn idle_of_namespace(&self, pod: &Pod) -> Option<&'a Association> {
        let key = (pod.cluster.as_str(), pod.namespace.as_str());
        self.idle.namespaces.get(&key).copied()
    }

    /// The first association without a pod that has the namespace and the service account of a pod, in another cluster.
    pub(crate) fn idle_elsewhere(&self, pod: &Pod) -> Option<&'a Association> {
        let key = (pod.namespace.as_str(), pod.service_account.as_str());
        let mut named = self.idle.names.get(&key)?.iter().copied();
        named.find(|association| association.cluster != pod.cluster)
    }
}

impl<'a> Idle<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let pods = pods(inventory);
        let mut idle = Self::default();
        for association in &inventory.associations {
            let name = of_association(association);
            if pods.contains(&name) {
                continue;
            }
            let (cluster, namespace, account) = name;
            let first = idle.accounts.entry((cluster, account));
            first.or_insert(association);
            let first = idle.namespaces.entry((cluster, namespace));
            first.or_insert(association);
            let named = idle.names.entry((namespace, account)).or_default();
            named.push(association);
        }
        idle
    }
}

fn users(inventory: &Inventory) -> HashMap<&str, Users<'_>> {
    let mut users: HashMap<&str, Users<'_>> = HashMap::new();
    for association in &inventory.associations {
        for role in association.roles() {
            let own = users.entry(&role.value).or_default();
            own.associations.push(association);
        }
    }
    for account in &inventory.service_accounts {
        if let Some(role) = &account.irsa {
            users.entry(&role.value).or_default().accounts.push(account);
        }
    }
    users
}

/// The pods of workloads and service accounts.
fn pods(inventory: &Inventory) -> HashSet<Name<'_>> {
    let accounts = inventory.service_accounts.iter();
    let accounts = accounts.map(|account| of_pod(&account.pod));
    let workloads = inventory.workloads.iter().map(|workload| {
        let account = &workload.service_account.value;
        let cluster = workload.cluster.as_str();
        (cluster, workload.namespace.as_str(), account.as_str())
    });
    accounts.chain(workloads).collect()
}

fn of_pod(pod: &Pod) -> Name<'_> {
    (&pod.cluster, &pod.namespace, &pod.service_account)
}

fn of_association(association: &Association) -> Name<'_> {
    (
        &association.cluster,
        &association.namespace.value,
        &association.service_account.value,
    )
}
