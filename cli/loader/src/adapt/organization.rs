//! The organization: its root, units and accounts, and the SCPs and RCPs that are attached to them.

use super::{
    attribute::{Open, items, member, of},
    batch::Batch,
    spelling::{ACCOUNTS, CONTENT, ID, MANAGEMENT, PARENT, POLICY_TYPE, ROOTS, TARGETS},
};
use crate::{
    loading::{AttachedPolicy, is_account_id},
    resource::{Noun, Resource},
};
use policy_engine::{
    inventory::{AccountId, Attribute, Organization, Unit},
    policy::PolicyType,
    source::Origin,
    syntax::node::Node,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// AWS allows five levels of units below the root.
const MAX_DEPTH: usize = 10;

/// A policy and what it is attached to.
pub(super) fn policy(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let kinds: &[PolicyType] = match resource.exact(POLICY_TYPE) {
        Attribute::Known(kind) if kind.value == "RESOURCE_CONTROL_POLICY" => &[PolicyType::Rcp],
        Attribute::Known(kind) if kind.value != "SERVICE_CONTROL_POLICY" => return,
        Attribute::Known(_) | Attribute::Absent => &[PolicyType::Scp],
        Attribute::Unknown(_) => &[PolicyType::Scp, PolicyType::Rcp],
    };
    for kind in kinds {
        attached(batch, resource, *kind, kinds.len() > 1);
    }
}

fn attached(batch: &mut Batch<'_>, resource: &Resource<'_>, kind: PolicyType, is_open: bool) {
    let name = resource.name.value.clone();
    let document = match resource.exact(POLICY_TYPE) {
        Attribute::Unknown(hole) if is_open => batch.anything(&hole, kind, &name, resource.origin),
        _ => match batch.policy(resource, CONTENT, kind, &name) {
            Attribute::Known(document) => Some(document),
            Attribute::Absent => None,
            Attribute::Unknown(hole) => batch.anything(&hole, kind, &name, resource.origin),
        },
    };
    let Some(document) = document else { return };
    let mut open = Open::default();
    let listed = resource.shown_texts(TARGETS, &mut open);
    let mut targets: Vec<_> = listed
        .into_iter()
        .map(|target| (target.value, target.origin, Arc::clone(&document)))
        .collect();
    // No source states its target, so it may be attached anywhere.
    if let Some((hole, target)) = open.hole().zip(open.shown(resource.origin))
        && let Some(anything) = batch.anything(hole, kind, &name, resource.origin)
    {
        targets.push((target.value, target.origin, anything));
    }
    for (target, origin, document) in targets {
        batch.loading.attached_policies.push(AttachedPolicy {
            target,
            kind,
            document,
            address: resource.address.clone(),
            origin,
        });
    }
}

/// Takes the tree, if a file describes the organization and no other file has.
pub(super) fn tree(batch: &mut Batch<'_>, resources: &[Resource<'_>]) {
    if batch.loading.inventory.organization.is_none() {
        batch.loading.inventory.organization = made(batch, resources);
    }
}

/// The account that will make the organization; nothing where it exists already.
///
/// AWS Organizations API Reference, "CreateOrganization": the account whose user calls it becomes the management account.
fn maker(whole: &Resource<'_>) -> Option<String> {
    whole.declared.as_ref()?;
    whole.home.account.clone()
}

fn made(batch: &mut Batch<'_>, resources: &[Resource<'_>]) -> Option<Organization> {
    let all = |noun: Noun| {
        resources
            .iter()
            .filter(move |resource| resource.noun == noun)
    };
    let whole = all(Noun::Organization).next()?;
    let is_declared = whole.declared.is_some();
    let id = exact(whole, ID).or_else(|| is_declared.then(|| id_of(whole)))?;
    // What is attached to a root without an id may be attached to any target, so the id is one that no reference leads to.
    let unknown_root = || format!("<root of {}>", whole.address);
    let root = root(whole).or_else(|| is_declared.then(unknown_root))?;
    let management = exact(whole, MANAGEMENT).or_else(|| maker(whole));
    let mut units: HashMap<String, Vec<Unit>> = HashMap::new();
    for of_unit in all(Noun::Unit) {
        if let Some(parent) = of_unit.shown(PARENT) {
            let unit = unit(id_of(of_unit), of_unit.origin);
            units.entry(parent.value).or_default().push(unit);
        }
    }
    let mut accounts: HashMap<String, Vec<String>> = HashMap::new();
    let mut placed: HashSet<String> = HashSet::new();
    for of_account in all(Noun::Member) {
        let (Some(id), Some(parent)) = (exact(of_account, ID), of_account.shown(PARENT)) else {
            continue;
        };
        if placed.insert(id.clone()) {
            accounts.entry(parent.value).or_default().push(id);
        }
    }
    let mut top = unit(root, whole.origin);
    grow(&mut top, &mut units, &mut accounts, MAX_DEPTH);
    // Units without a known parent, and members without a known unit.
    for id in accounts.values().flatten() {
        placed.remove(id);
    }
    let stated = whole.stated(ACCOUNTS);
    let mut open = Open::default();
    let listed = items(of(stated.as_deref()), &mut open).into_iter();
    let members = listed
        .filter_map(|account| member(account, ID).and_then(Node::as_str))
        .chain(accounts.values().flatten().map(String::as_str))
        .chain(management.as_deref());
    let mut unplaced: Vec<String> = Vec::new();
    for id in members {
        if is_account_id(id) && placed.insert(id.to_owned()) {
            unplaced.push(id.to_owned());
        }
    }
    note_unplaced(batch, &id, &unplaced, management.as_deref(), whole.origin);
    top.accounts.extend(ids(&unplaced));
    Some(Organization {
        id,
        management: management.as_deref().and_then(AccountId::parse),
        root: top,
    })
}

fn note_unplaced(
    batch: &mut Batch<'_>,
    organization: &str,
    unplaced: &[String],
    management: Option<&str>,
    origin: Origin,
) {
    let mut homeless = unplaced
        .iter()
        .filter(|id| management.is_none_or(|own| own != *id));
    let Some(first) = homeless.next() else { return };
    let more = match homeless.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "no input states the unit of these accounts in organization `{organization}`, so they count as direct children of the root: {first}{more}; write `organization` in a world to correct that"
    );
    batch.loading.note(message, Some(origin));
}

/// The id of the organization's root.
fn root(whole: &Resource<'_>) -> Option<String> {
    let roots = whole.stated(ROOTS)?;
    let root = member(roots.as_list()?.first()?, ID)?;
    Some(root.as_str()?.to_owned())
}

fn exact(resource: &Resource<'_>, names: super::spelling::Names) -> Option<String> {
    match resource.exact(names) {
        Attribute::Known(text) => Some(text.value),
        Attribute::Absent | Attribute::Unknown(_) => None,
    }
}

/// The id of a unit or of the organization, or a placeholder until it exists.
fn id_of(resource: &Resource<'_>) -> String {
    exact(resource, ID).unwrap_or_else(|| format!("<{}.id>", resource.address))
}

fn unit(id: String, origin: Origin) -> Unit {
    Unit {
        id,
        scps: Vec::new(),
        rcps: Vec::new(),
        full_access: true,
        accounts: Vec::new(),
        units: Vec::new(),
        origin,
    }
}

fn ids(accounts: &[String]) -> Vec<AccountId> {
    let parsed = accounts.iter().map(|id| AccountId::parse(id));
    parsed.flatten().collect()
}

/// Hangs what lies in a unit below it, level by level. Units in a circle lie in nothing.
fn grow(
    unit: &mut Unit,
    units: &mut HashMap<String, Vec<Unit>>,
    accounts: &mut HashMap<String, Vec<String>>,
    depth: usize,
) {
    unit.accounts = accounts
        .remove(&unit.id)
        .map(|own| ids(&own))
        .unwrap_or_default();
    if depth == 0 {
        return;
    }
    unit.units = units.remove(&unit.id).unwrap_or_default();
    for below in &mut unit.units {
        grow(below, units, accounts, depth - 1);
    }
}
