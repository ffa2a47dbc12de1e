//! Facts that a world file cannot express without inventing others: the file omits them and states that in a comment.
//!
//! An omitted object is listed under `externals`: a reader of the file treats it as existing and unknown, never as allowed.

use super::names::{account_of, bare, intended_object, short};
use crate::render::line;
use policy_engine::{
    inventory::{
        Association, Attribute, Endpoint, Inventory, KeyRef, KmsKey, Parameter, ResourcePolicy,
        Role, Secret, Tags, Unit, find::Object, promise::Promises,
    },
    policy::{PolicyDocument, mistake::Gravity, statement::Written},
    request::Grant,
    simulator::mounts::MountPoint,
    text::{Hole, HoleKind},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// Why a file cannot contain an object.
type Why = Cow<'static, str>;

/// The facts that a file omits.
#[derive(Default)]
pub(super) struct Omitted {
    /// ARNs.
    arns: HashSet<String>,
    /// Names for `externals`, by kind.
    pub(super) externals: BTreeMap<&'static str, BTreeSet<String>>,
    /// References of promises to objects that are not in the file.
    pub(super) objects: HashSet<String>,
    /// Account and id of endpoints.
    endpoints: HashSet<(String, String)>,
    /// Accounts, and whether a part of an SCP or an RCP that restricts them is unknown.
    restricted: BTreeMap<String, (bool, bool)>,
    remarks: Vec<String>,
}

impl Omitted {
    pub(super) fn of(
        inventory: &Inventory,
        mounts: &[MountPoint<'_>],
        promises: &Promises,
    ) -> Self {
        let mut omitted = Self::default();
        omitted.organization(inventory);
        omitted.clusters(inventory);
        omitted.roles(inventory);
        omitted.secrets(inventory);
        omitted.parameters(inventory);
        omitted.keys(inventory);
        omitted.associations(inventory);
        omitted.mounts(inventory, mounts);
        omitted.promises(inventory, promises);
        omitted
    }

    /// Whether an object is omitted.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.arns.contains(arn)
    }

    /// A comment per omitted object.
    pub(super) fn comments(&self) -> String {
        let lines = self.remarks.iter();
        lines
            .map(|remark| format!("# not in this file: {}\n", line(remark)))
            .collect()
    }

    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn leave_out(&mut self, kind: &'static str, arn: &str, name: String, remark: String) {
        self.arns.insert(arn.to_owned());
        self.externals.entry(kind).or_default().insert(name);
        self.remark(remark);
    }

    /// An SCP restricts the roles of its accounts, and an RCP the objects: without the policy nothing about them is known.
    fn organization(&mut self, inventory: &Inventory) {
        let mut below: Vec<(&Unit, bool, bool)> = Vec::new();
        let is_open =
            |policies: &[Arc<PolicyDocument>]| policies.iter().any(|own| !is_writable(own));
        if let Some(organization) = &inventory.organization {
            below.push((&organization.root, false, false));
        }
        while let Some((unit, scps, rcps)) = below.pop() {
            let (scps, rcps) = (scps || is_open(&unit.scps), rcps || is_open(&unit.rcps));
            let accounts = unit.accounts.iter().map(ToString::to_string);
            self.restricted
                .extend(accounts.map(|id| (id, (scps, rcps))));
            below.extend(unit.units.iter().map(|unit| (unit, scps, rcps)));
        }
        for account in &inventory.accounts {
            let own = self.restricted.entry(account.id.to_string()).or_default();
            own.0 |= is_open(&account.scps);
            own.1 |= is_open(&account.rcps);
        }
        for (id, (scps, rcps)) in self.restricted.clone() {
            let name = inventory.account_name(&id);
            for (_, kind) in [(scps, "SCP"), (rcps, "RCP")]
                .iter()
                .filter(|(open, _)| *open)
            {
                self.remark(format!(
                    "a part of an {kind} of the account {name}: it is unknown or wrong"
                ));
            }
        }
    }

    /// Why no fact about the roles of an account can be in the file.
    fn scps_of(&self, account: &str) -> Option<Why> {
        let (scps, _) = self.restricted.get(account)?;
        scps.then(|| "an SCP of its account is unknown or wrong".into())
    }

    /// Why no fact about the objects of an account can be in the file.
    fn rcps_of(&self, account: &str) -> Option<Why> {
        let (_, rcps) = self.restricted.get(account)?;
        rcps.then(|| "an RCP of its account is unknown or wrong".into())
    }

    /// A cluster whose endpoint has an unknown policy.
    fn clusters(&mut self, inventory: &Inventory) {
        for endpoint in &inventory.endpoints {
            let policy = endpoint.policy.as_ref();
            if policy.is_none_or(|policy| is_writable(policy)) {
                continue;
            }
            let name = inventory.object_name(&endpoint.account, &endpoint.id);
            self.remark(format!(
                "the endpoint {name}: its policy is unknown or wrong"
            ));
            self.endpoints
                .insert((endpoint.account.clone(), endpoint.id.clone()));
        }
        for cluster in &inventory.clusters {
            let mut own = cluster.endpoints.iter();
            let account = cluster.account.to_string();
            if own.any(|id| self.endpoints.contains(&(account.clone(), id.clone()))) {
                let name = &cluster.name;
                self.remark(format!(
                    "the cluster {name}: the policy of its endpoint is unknown or wrong"
                ));
                self.arns.insert(cluster.arn.clone());
            }
        }
    }

    /// Whether an endpoint is omitted.
    pub(super) fn has_endpoint(&self, endpoint: &Endpoint) -> bool {
        let key = (endpoint.account.clone(), endpoint.id.clone());
        self.endpoints.contains(&key)
    }

    fn roles(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for role in &inventory.roles {
            let account = account_of(&role.arn);
            let bare = bare(&role.arn);
            let closed = inventory.closed.contains("roles", account);
            let why = missing_role(role, inventory, closed).or_else(|| self.scps_of(account));
            let why = match why {
                Some(why) => why,
                None if !names.insert((account, short(&role.arn))) => {
                    "another role has the same name".into()
                }
                None => continue,
            };
            let name = inventory.object_name(account, bare);
            let remark = format!("the role {name}: {why}");
            self.leave_out("roles", &role.arn, name, remark);
        }
    }

    fn secrets(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for secret in &inventory.secrets {
            let closed = inventory.closed.contains("secrets", &secret.account);
            let why = missing(secret, closed).or_else(|| self.rcps_of(&secret.account));
            let why = match why {
                Some(why) => why,
                None if !names.insert((&secret.account, &secret.name)) => {
                    "another region has the same name".into()
                }
                None => continue,
            };
            let name = Object::Secret(secret).display(inventory);
            let remark = format!("the secret {name}: {why}");
            self.leave_out("secrets", &secret.arn.to_string(), name, remark);
        }
    }

    fn parameters(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for parameter in &inventory.parameters {
            let closed = inventory.closed.contains("parameters", &parameter.account);
            let why = missing_parameter(parameter, closed);
            let why = match why.or_else(|| self.rcps_of(&parameter.account)) {
                Some(why) => why,
                None if !names.insert((&parameter.account, &parameter.name)) => {
                    "another region has the same name".into()
                }
                None => continue,
            };
            let name = Object::Parameter(parameter).display(inventory);
            let remark = format!("the parameter {name}: {why}");
            self.leave_out("parameters", &parameter.arn, name, remark);
        }
    }

    fn keys(&mut self, inventory: &Inventory) {
        let mut names: HashSet<(&str, &str)> = HashSet::new();
        for key in inventory.keys.iter().filter(|key| !key.aws_managed) {
            let why = match missing_key(key).or_else(|| self.rcps_of(&key.account)) {
                Some(why) => why,
                None if !names.insert((&key.account, Object::Key(key).name())) => {
                    "another region has the same name".into()
                }
                None => continue,
            };
            let arn = key.arn.to_string();
            let name = inventory.object_name(&key.account, bare(&arn));
            let remark = format!("the key {name}: {why}");
            self.leave_out("keys", &arn, name, remark);
        }
    }

    fn associations(&mut self, inventory: &Inventory) {
        for association in &inventory.associations {
            let Some(why) = missing_association(association) else {
                continue;
            };
            let name = format!(
                "{}/{}",
                association.namespace.value, association.service_account.value
            );
            let cluster = inventory.cluster(&association.cluster);
            let cluster = cluster.map_or(association.cluster.as_str(), |cluster| {
                cluster.name.as_str()
            });
            let name = format!("{cluster}:{name}");
            self.remark(format!("the association of {name}: {why}"));
            self.externals
                .entry("serviceAccounts")
                .or_default()
                .insert(name);
        }
    }

    fn mounts(&mut self, inventory: &Inventory, mounts: &[MountPoint<'_>]) {
        for mount in mounts {
            let pod = inventory.pod_name(&mount.pod);
            let cluster = inventory.cluster(&mount.pod.cluster);
            if cluster.is_none_or(|cluster| self.has(&cluster.arn)) {
                self.remark(format!("{pod} and its mounts: its cluster is unknown"));
            } else if mount.missing_class {
                self.remark(format!(
                    "the mounts of {pod} through the class {}: the class is unknown",
                    mount.name.value
                ));
            } else if mount.object.is_none()
                && !mount.name.value.starts_with("arn:")
                && intended_object(inventory, mount).is_none()
            {
                self.remark(format!(
                    "the mount of {} by {pod}: no object has this name",
                    mount.name.value
                ));
            }
        }
    }

    /// The file cannot contain a promise about an omitted object.
    fn promises(&mut self, inventory: &Inventory, promises: &Promises) {
        if self.arns.is_empty() {
            return;
        }
        let asked = promises.pods.iter().map(|promise| &promise.object.value);
        let readers = promises.readers.iter().map(|readers| &readers.object.value);
        for reference in asked.chain(readers) {
            let objects = inventory.find_objects(reference);
            let gone = |object: &Object<'_>| self.has(&object.arn().to_string());
            if !objects.is_empty() && objects.iter().all(gone) {
                self.remark(format!(
                    "promises about {reference}: it is not in this file"
                ));
                self.objects.insert(reference.clone());
            }
        }
    }
}

/// Whether a file can contain a policy: no part of it is unknown, except for the parts that AWS appends to names and the ids of
/// keys, and it has no mistake for which no policy in AWS can have this text.
pub(super) fn is_writable(policy: &PolicyDocument) -> bool {
    let mut mistakes = policy.problems.iter();
    !has_unknown_part(policy) && mistakes.all(|mistake| mistake.gravity != Gravity::Syntax)
}

fn has_unknown_part(policy: &PolicyDocument) -> bool {
    let is_open = |written: &Written| {
        let mut holes = written.text.holes().iter();
        holes.any(|(_, hole)| {
            // A name that AWS chooses belongs to one resource, and every source refers to the resource by it.
            let is_chosen = hole.name.starts_with("name of ");
            matches!(hole.kind, HoleKind::Any | HoleKind::Some) && !is_chosen
        })
    };
    policy.statements.iter().any(|statement| {
        let principals = statement.principal.iter().flat_map(|own| &own.entries);
        let lists = statement.action.iter().chain(&statement.resource);
        let tests = statement.conditions.iter();
        let mut written = principals
            .map(|entry| &entry.value)
            .chain(lists.flat_map(|list| &list.values))
            .chain(tests.flat_map(|test| test.values.iter().chain([&test.key])));
        !statement.open.is_empty() || written.any(is_open)
    })
}

/// Whether a list may hold more than is known. If its kind is complete, a list that no source states is empty.
fn may_hold_more(open: Option<&Hole>, closed: bool) -> bool {
    open.is_some_and(|hole| !(closed && hole.is_unstated()))
}

/// A role without a trust policy cannot be written down, nor can a policy with an unknown part.
fn missing_role(role: &Role, inventory: &Inventory, closed: bool) -> Option<Why> {
    if role.trust.known().is_none_or(|trust| !is_writable(trust)) {
        return Some("its trust policy is unknown or wrong".into());
    }
    let attached = |arn: &str| inventory.policies.iter().find(|policy| policy.arn == arn);
    let mut arns = role.attached.list.iter().map(|arn| arn.value.as_str());
    let boundary = role.boundary.known().map(|arn| arn.value.as_str());
    let is_open = |arn: &str| attached(arn).is_some_and(|own| !is_writable(&own.document));
    if arns.any(is_open) || role.inline.list.iter().any(|policy| !is_writable(policy)) {
        return Some("a part of its policies is unknown or wrong".into());
    }
    if boundary.is_some_and(is_open) {
        return Some("a part of its permissions boundary is unknown or wrong".into());
    }
    let lists = [&role.inline.open, &role.attached.open];
    let mut lists = lists.into_iter().map(Option::as_ref);
    if lists.any(|open| may_hold_more(open, closed)) {
        return Some("some of its policies are unknown".into());
    }
    if role.boundary.hole().is_some() {
        return Some("its permissions boundary is unknown".into());
    }
    if !role.tags.is_settled() {
        return Some("its tags are unknown".into());
    }
    open_tag(&role.tags)
}

/// The first tag with a value of which a part is unknown.
fn open_tag(tags: &Tags) -> Option<Why> {
    let mut list = tags.list.iter();
    let open = list.find(|tag| !tag.value.value.is_known())?;
    let (key, value) = (&open.key.value, &open.value.value);
    Some(format!("a part of its tag {key} is unknown: {value}").into())
}

fn missing(secret: &Secret, closed: bool) -> Option<Why> {
    let replicas = secret.replicas.list.iter().map(|replica| &replica.key);
    let mut keys = replicas.chain([&secret.key]);
    if may_hold_more(secret.tags.open.as_ref(), closed) {
        return Some("its tags are unknown".into());
    }
    if matches!(&secret.policy, ResourcePolicy::Unknown(hole) if may_hold_more(Some(hole), closed))
    {
        return Some("it is unknown whether it has a resource policy".into());
    }
    if matches!(&secret.policy, ResourcePolicy::Document(policy) if !is_writable(policy)) {
        return Some("a part of its resource policy is unknown or wrong".into());
    }
    if keys.any(|key| has_open_key(key, closed)) {
        return Some("its key is unknown".into());
    }
    if may_hold_more(secret.replicas.open.as_ref(), closed) {
        return Some("its replicas are unknown".into());
    }
    if secret.deleted.hole().is_some() {
        return Some("it is unknown whether it is being deleted".into());
    }
    open_tag(&secret.tags)
}

fn missing_parameter(parameter: &Parameter, closed: bool) -> Option<Why> {
    let is_plain = matches!(
        parameter.secure,
        Attribute::Known(false) | Attribute::Absent
    );
    if may_hold_more(parameter.tags.open.as_ref(), closed) {
        return Some("its tags are unknown".into());
    }
    if parameter.secure.hole().is_some() {
        return Some("its type is unknown".into());
    }
    if !is_plain && has_open_key(&parameter.key, closed) {
        return Some("its key is unknown".into());
    }
    if may_hold_more(parameter.shares.open.as_ref(), closed) {
        return Some("its shares are unknown".into());
    }
    open_tag(&parameter.tags)
}

fn has_open_key(key: &KeyRef, closed: bool) -> bool {
    matches!(key, KeyRef::Unknown(hole) if may_hold_more(Some(hole), closed))
}

fn missing_key(key: &KmsKey) -> Option<Why> {
    if key.policy.known().is_none_or(|policy| !is_writable(policy)) {
        return Some("its policy is unknown or wrong".into());
    }
    if key.enabled.hole().is_some() {
        return Some("it is unknown whether it is enabled".into());
    }
    if !key.unfit.is_absent() {
        return Some("it is not known to be a symmetric encryption key".into());
    }
    let open_grant = |grant: &Grant| {
        let pairs = grant.context_subset.iter().chain(&grant.context_equals);
        let mut texts = pairs
            .flatten()
            .map(|(_, text)| text)
            .chain([&grant.grantee]);
        texts.any(|text| !text.is_known())
    };
    if key.grants.open.is_some() || key.grants.list.iter().any(open_grant) {
        return Some("its grants are unknown".into());
    }
    // A world file leaves out tags of keys that no source states.
    if may_hold_more(key.tags.open.as_ref(), true) {
        return Some("its tags are unknown".into());
    }
    open_tag(&key.tags)
}

/// What is unknown of an association, which then cannot be written down.
pub(super) fn missing_association(association: &Association) -> Option<&'static str> {
    if association.role.known().is_none() {
        return Some("its role is unknown");
    }
    if association.target_role.hole().is_some() {
        return Some("its target role is unknown");
    }
    if association.sets_tags().is_none() {
        return Some("it is unknown whether it sets session tags");
    }
    if association.external_id.hole().is_some() {
        return Some("its external id is unknown");
    }
    let is_open = match &association.policy {
        Attribute::Known(policy) => !is_writable(policy),
        Attribute::Unknown(_) => true,
        Attribute::Absent => false,
    };
    is_open.then_some("its session policy is unknown or wrong")
}
