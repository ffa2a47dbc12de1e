//! The policies of a world, compiled once.

use crate::{
    inventory::{
        Account, AccountId, Association, Attribute, Endpoint, Inventory, KmsKey, Parameter, Pod,
        ResourcePolicy, Role, RoleArn, Secret, Unit, find::Object,
    },
    policy::{PolicyDocument, PolicyType, builtin, set::PolicySet},
    service::{PARAMETER_STORE, SECRETS_MANAGER},
    syntax::arn::Arn,
};
use std::{collections::HashMap, sync::Arc};

/// Compiled policies, by the object that has them.
#[derive(Debug)]
pub(super) struct Compiled {
    roles: HashMap<RoleArn, RoleSets>,
    secrets: HashMap<String, PolicySet>,
    keys: HashMap<String, PolicySet>,
    /// By account and id: a world may name an endpoint freely.
    endpoints: HashMap<(String, String), PolicySet>,
    sessions: HashMap<Pod, PolicySet>,
    organization: HashMap<AccountId, Membership>,
    managed: HashMap<String, PolicySet>,
}

/// The policies of a role.
#[derive(Debug)]
pub(super) struct RoleSets {
    pub(super) trust: PolicySet,
    pub(super) identity: PolicySet,
    pub(super) boundary: Option<PolicySet>,
}

/// An account's place in the organization.
#[derive(Debug)]
pub(super) struct Membership {
    /// `o-…/r-…/ou-…/`; `None` for an account with SCPs or RCPs that no known unit contains.
    pub(super) path: Option<String>,
    pub(super) scps: Vec<Arc<PolicySet>>,
    pub(super) rcps: Vec<Arc<PolicySet>>,
    pub(super) management: bool,
}

impl Compiled {
    pub(super) fn new(inventory: &Inventory) -> Self {
        let managed = Managed::new(inventory);
        let roles = inventory
            .roles
            .iter()
            .map(|role| (role.arn.clone(), role_sets(inventory, &managed, role)));
        let secrets = inventory
            .secrets
            .iter()
            .filter_map(|secret| Some((secret.arn.to_string(), secret_policy(inventory, secret)?)));
        let keys = inventory
            .keys
            .iter()
            .map(|key| (key.arn.to_string(), key_policy(inventory, key)));
        let endpoints = inventory.endpoints.iter().filter_map(|endpoint| {
            let document = endpoint.policy.clone()?;
            Some((
                (endpoint.account.clone(), endpoint.id.clone()),
                PolicySet::new(PolicyType::Endpoint, [document]),
            ))
        });
        // Of two associations that claim a pod the first one counts.
        let sessions = inventory
            .associations
            .iter()
            .rev()
            .filter_map(|association| {
                let set = match &association.policy {
                    Attribute::Known(document) => {
                        PolicySet::new(PolicyType::Session, [document.clone()])
                    }
                    Attribute::Unknown(hole) => {
                        let pod = association.pod();
                        let name = || format!("session policy of {}", inventory.pod_name(&pod));
                        PolicySet::perhaps(PolicyType::Session, hole.reason(name))
                    }
                    Attribute::Absent => return None,
                };
                Some((association.pod(), set))
            });
        Self {
            roles: roles.collect(),
            secrets: secrets.collect(),
            keys: keys.collect(),
            endpoints: endpoints.collect(),
            sessions: sessions.collect(),
            organization: memberships(inventory),
            managed: managed_keys(inventory),
        }
    }

    pub(super) fn role(&self, arn: &str) -> Option<&RoleSets> {
        self.roles.get(arn)
    }

    /// The resource policy of a secret, if the secret has one or may have one.
    pub(super) fn secret(&self, secret: &Secret) -> Option<&PolicySet> {
        self.secrets.get(&secret.arn.to_string())
    }

    pub(super) fn key(&self, key: &KmsKey) -> Option<&PolicySet> {
        self.keys.get(&key.arn.to_string())
    }

    /// The policy of the key that AWS manages for a service.
    pub(super) fn managed_key(
        &self,
        account: &str,
        service: &str,
        region: &str,
    ) -> Option<&PolicySet> {
        self.managed.get(&managed_name(account, service, region))
    }

    pub(super) fn endpoint(&self, endpoint: &Endpoint) -> Option<&PolicySet> {
        endpoint.policy.as_ref()?;
        self.endpoints
            .get(&(endpoint.account.clone(), endpoint.id.clone()))
    }

    pub(super) fn session(&self, association: &Association) -> Option<&PolicySet> {
        if association.policy.is_absent() {
            return None;
        }
        self.sessions.get(&association.pod())
    }

    pub(super) fn membership(&self, account: &str) -> Option<&Membership> {
        self.organization.get(account)
    }
}

/// The managed policies by ARN.
struct Managed<'a>(HashMap<&'a str, &'a Arc<PolicyDocument>>);

impl<'a> Managed<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        // Of two with an ARN the first one counts.
        let policies = inventory.policies.iter().rev();
        Self(
            policies
                .map(|policy| (policy.arn.as_str(), &policy.document))
                .collect(),
        )
    }

    fn document(&self, arn: &str) -> Option<Arc<PolicyDocument>> {
        self.0.get(arn).map(|document| Arc::clone(document))
    }
}

fn role_sets(inventory: &Inventory, managed: &Managed<'_>, role: &Role) -> RoleSets {
    RoleSets {
        trust: trust(inventory, role),
        identity: identity(inventory, managed, role),
        boundary: boundary(inventory, managed, role),
    }
}

/// The trust policy; every role has one, so that an unstated trust policy is unknown.
fn trust(inventory: &Inventory, role: &Role) -> PolicySet {
    let name = || format!("trust policy of {}", inventory.role_name(&role.arn));
    match &role.trust {
        Attribute::Known(document) => PolicySet::new(PolicyType::Trust, [document.clone()]),
        Attribute::Absent => PolicySet::new(PolicyType::Trust, []).with_unknown(name()),
        Attribute::Unknown(hole) => {
            PolicySet::new(PolicyType::Trust, []).with_unknown(hole.reason(name))
        }
    }
}

fn identity(inventory: &Inventory, managed: &Managed<'_>, role: &Role) -> PolicySet {
    let attached = role.attached.list.iter();
    let attached: Vec<_> = attached
        .map(|arn| (arn, managed.document(&arn.value)))
        .collect();
    let documents = attached.iter().filter_map(|(_, document)| document.clone());
    let inline = role.inline.list.iter().cloned();
    let mut set = PolicySet::new(PolicyType::Identity, inline.chain(documents));
    for (arn, _) in attached.iter().filter(|(_, document)| document.is_none()) {
        set = set.with_unknown(format!("managed policy {}", arn.value));
    }
    for reason in other_policies(inventory, role) {
        set = set.with_unknown(reason);
    }
    set
}

/// The missing facts about further policies of a role.
fn other_policies(inventory: &Inventory, role: &Role) -> Vec<String> {
    let account = Arn::parse(&role.arn).map_or("", |arn| arn.account);
    let is_closed = inventory.closed.contains("roles", account);
    let open = [&role.inline.open, &role.attached.open];
    let open = open.into_iter().flatten();
    // If roles are complete, a list that no source states is empty.
    let open = open.filter(|hole| !(is_closed && hole.is_unstated()));
    let name = || format!("other policies of {}", inventory.role_name(&role.arn));
    let mut reasons: Vec<_> = open.map(|hole| hole.reason(name)).collect();
    reasons.dedup();
    reasons
}

fn boundary(inventory: &Inventory, managed: &Managed<'_>, role: &Role) -> Option<PolicySet> {
    match &role.boundary {
        Attribute::Known(arn) => Some(match managed.document(&arn.value) {
            Some(document) => PolicySet::new(PolicyType::Boundary, [document]),
            None => PolicySet::new(PolicyType::Boundary, [])
                .with_unknown(format!("permissions boundary {}", arn.value)),
        }),
        Attribute::Absent => None,
        Attribute::Unknown(hole) => {
            let name = || format!("permissions boundary of {}", inventory.role_name(&role.arn));
            Some(PolicySet::perhaps(PolicyType::Boundary, hole.reason(name)))
        }
    }
}

fn secret_policy(inventory: &Inventory, secret: &Secret) -> Option<PolicySet> {
    match &secret.policy {
        ResourcePolicy::None(_) => None,
        ResourcePolicy::Document(document) => {
            Some(PolicySet::new(PolicyType::Resource, [document.clone()]))
        }
        ResourcePolicy::Unknown(hole)
            if hole.is_unstated() && inventory.closed.contains("secrets", &secret.account) =>
        {
            None
        }
        ResourcePolicy::Unknown(hole) => {
            let owner = || inventory.object_name(&secret.account, &secret.name);
            let reason = hole.reason(|| format!("resource policy of {}", owner()));
            Some(PolicySet::perhaps(PolicyType::Resource, reason))
        }
    }
}

/// The key policy; every key has one, so that an unstated key policy is unknown.
fn key_policy(inventory: &Inventory, key: &KmsKey) -> PolicySet {
    let name = || format!("key policy of {}", Object::Key(key).display(inventory));
    match &key.policy {
        Attribute::Known(document) => PolicySet::new(PolicyType::Key, [document.clone()]),
        Attribute::Absent => PolicySet::new(PolicyType::Key, []).with_unknown(name()),
        Attribute::Unknown(hole) => {
            PolicySet::new(PolicyType::Key, []).with_unknown(hole.reason(name))
        }
    }
}

fn managed_name(account: &str, service: &str, region: &str) -> String {
    format!("{account}/{service}/{region}")
}

/// AWS creates such a key for each account, region and service that uses one.
fn managed_keys(inventory: &Inventory) -> HashMap<String, PolicySet> {
    let secrets = inventory.secrets.iter().flat_map(|secret| {
        let replicas = secret.replicas.list.iter();
        let replicas = replicas.map(|replica| replica.region.value.as_str());
        let regions = std::iter::once(secret.region.as_str()).chain(replicas);
        regions.map(|region| {
            (
                secret.account.as_str(),
                SECRETS_MANAGER.service,
                region,
                secret.arn.literal(),
            )
        })
    });
    let parameters = inventory.parameters.iter().map(|parameter: &Parameter| {
        (
            parameter.account.as_str(),
            PARAMETER_STORE.service,
            parameter.region.as_str(),
            parameter.arn.as_str(),
        )
    });
    let mut keys = HashMap::new();
    for (account, service, region, arn) in secrets.chain(parameters) {
        keys.entry(managed_name(account, service, region))
            .or_insert_with(|| {
                let partition = arn.split(':').nth(1).unwrap_or("aws");
                let document = builtin::managed_key_policy(partition, account, service, region);
                PolicySet::new(PolicyType::Key, [Arc::new(document)])
            });
    }
    keys
}

fn memberships(inventory: &Inventory) -> HashMap<AccountId, Membership> {
    let full = Arc::new(builtin::full_access(PolicyType::Scp));
    let all = Arc::new(builtin::full_access(PolicyType::Rcp));
    let own_scps = |account: &Account| {
        let full = account.full_access.then_some(&full);
        Arc::new(level(PolicyType::Scp, full, &account.scps))
    };
    let own_rcps = |account: &Account| Arc::new(level(PolicyType::Rcp, Some(&all), &account.rcps));
    let has_own = |account: &&Account| {
        !account.scps.is_empty() || !account.rcps.is_empty() || !account.full_access
    };
    let homeless = inventory.accounts.iter().filter(has_own).map(|account| {
        let membership = Membership {
            path: None,
            scps: vec![own_scps(account)],
            rcps: vec![own_rcps(account)],
            management: false,
        };
        (account.id.clone(), membership)
    });
    let mut memberships: HashMap<_, _> = homeless.collect();
    let Some(organization) = &inventory.organization else {
        return memberships;
    };
    let mut open = vec![(
        &organization.root,
        format!("{}/", organization.id),
        Vec::new(),
        Vec::new(),
    )];
    while let Some((unit, above, mut scps, mut rcps)) = open.pop() {
        let path = format!("{above}{}/", unit.id);
        scps.push(Arc::new(level(
            PolicyType::Scp,
            unit.full_access.then_some(&full),
            &unit.scps,
        )));
        rcps.push(Arc::new(level(PolicyType::Rcp, Some(&all), &unit.rcps)));
        for id in &unit.accounts {
            let (mut scps, mut rcps) = (scps.clone(), rcps.clone());
            if let Some(account) = inventory.account(id) {
                scps.push(own_scps(account));
                rcps.push(own_rcps(account));
            }
            let management = organization.management.as_ref() == Some(id);
            memberships.insert(
                id.clone(),
                Membership {
                    path: Some(path.clone()),
                    scps,
                    rcps,
                    management,
                },
            );
        }
        let below = unit
            .units
            .iter()
            .map(|unit: &Unit| (unit, path.clone(), scps.clone(), rcps.clone()));
        open.extend(below);
    }
    memberships
}

fn level(
    kind: PolicyType,
    full: Option<&Arc<PolicyDocument>>,
    attached: &[Arc<PolicyDocument>],
) -> PolicySet {
    PolicySet::new(
        kind,
        full.into_iter().cloned().chain(attached.iter().cloned()),
    )
}
