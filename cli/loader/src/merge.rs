//! The same fact from several sources becomes one: a later source wins field by field, and a difference is noted.

mod iam;
mod kms;
mod secrets;
mod tags;
mod workloads;

use super::{kind::Kind, loading::Loading, policy, shape};
use policy_engine::sighting::{Sighting, SightingKind};
use policy_engine::{
    inventory::{Attribute, Cluster, Dialect, Inventory, ManagedPolicy},
    policy::{PolicyDocument, PolicyType, print::Canonical},
    source::{Origin, SourceMap, Spanned},
    text::Hole,
};
use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    hash::Hash,
    path::Path,
    sync::Arc,
};

/// Merges clusters, so that their names can be resolved.
pub(super) fn clusters(loading: &mut Loading) {
    let clusters = std::mem::take(&mut loading.inventory.clusters);
    let mut notes = Differences::new(loading);
    let clusters = fold(
        clusters,
        |cluster| cluster.arn.clone(),
        |old, new| notes.cluster(old, new),
    );
    let (differences, conflicts) = (notes.list, notes.conflicts);
    loading.inventory.clusters = clusters;
    loading.sightings.extend(conflicts);
    report(loading, differences);
}

/// Merges everything else.
pub(super) fn everything(loading: &mut Loading) {
    let mut inventory = std::mem::take(&mut loading.inventory);
    let mut notes = Differences::new(loading);
    notes.order(&mut inventory);
    notes.iam(&mut inventory);
    notes.workloads(&mut inventory);
    notes.secrets(&mut inventory);
    let unplaced = notes.keys(&mut inventory);
    let (differences, conflicts, rivals) = (notes.list, notes.conflicts, notes.rivals);
    loading.inventory = inventory;
    loading.sightings.extend(conflicts);
    leave_open(loading, &rivals);
    report(loading, differences);
    tags::parameter_tags(loading);
    for (message, origin) in unplaced {
        loading.note(message, Some(origin));
    }
}

/// Leaves open what managed policies allow that two root modules or templates make.
fn leave_open(loading: &mut Loading, rivals: &[(String, String, Origin)]) {
    for (arn, name, origin) in rivals {
        let hole = rivalry(&format!("the managed policy `{name}`"));
        let node = shape::unknown(&hole.name, PolicyType::Identity, *origin);
        let document = policy::document(loading, &node, PolicyType::Identity, name);
        let mut policies = loading.inventory.policies.iter_mut();
        let own = policies.find(|policy| policy.arn == *arn);
        if let (Some(own), Some(document)) = (own, document) {
            own.document = document;
        }
    }
}

fn report(loading: &mut Loading, differences: Vec<(String, Origin)>) {
    for (message, origin) in differences {
        loading.note(message, Some(origin));
    }
}

/// Folds facts of one identity into the first of them, in the order they were read.
fn fold<T, K: Eq + Hash>(
    facts: Vec<T>,
    key: impl Fn(&T) -> K,
    mut merge: impl FnMut(&mut T, T),
) -> Vec<T> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut merged: Vec<T> = Vec::with_capacity(facts.len());
    for fact in facts {
        let place = *places.entry(key(&fact)).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(old) => merge(old, fact),
            None => merged.push(fact),
        }
    }
    merged
}

/// Where sources disagree.
struct Differences<'a> {
    sources: &'a SourceMap,
    /// The kinds of the files by their names, those left out that kustomize puts together first.
    kinds: HashMap<String, Kind>,
    list: Vec<(String, Origin)>,
    conflicts: Vec<Sighting>,
    /// Whether a world lists the files.
    is_listed: bool,
    /// Managed policies that two root modules or templates make: ARN, name and place.
    rivals: Vec<(String, String, Origin)>,
}

impl<'a> Differences<'a> {
    fn new(loading: &'a Loading) -> Self {
        let names = loading.files.iter().map(|file| Path::new(&file.name));
        let plans =
            names.filter(|name| name.file_stem().is_some_and(|stem| stem == "kustomization"));
        let sources: HashSet<&Path> = plans.filter_map(Path::parent).collect();
        let files = loading.files.iter().filter(|file| {
            let mut folders = Path::new(&file.name).ancestors().skip(1);
            !folders.any(|folder| sources.contains(folder))
        });
        let kinds = files.filter_map(|file| Some((file.name.clone(), file.kind?)));
        Self {
            sources: &loading.sources,
            kinds: kinds.collect(),
            list: Vec::new(),
            conflicts: Vec::new(),
            is_listed: loading
                .files
                .iter()
                .any(|file| file.kind == Some(Kind::WORLD)),
            rivals: Vec::new(),
        }
    }
}

impl Differences<'_> {
    /// Whether an answer of AWS describes a resource: it lists every attribute of the resource.
    fn is_answer(&self, origin: Origin) -> bool {
        self.kinds.get(self.sources.name(origin.source)) == Some(&Kind::AWS)
    }

    /// Whether a source states what AWS has: a later apply of other sources changes it.
    fn is_present(&self, origin: Origin) -> bool {
        let kind = self.kinds.get(self.sources.name(origin.source));
        kind.is_some_and(|kind| matches!(kind.name(), "aws" | "terraform-state"))
    }

    /// Puts what AWS has before what sources will make of it, whatever the files are called; where a world lists its
    /// includes their order counts.
    fn order(&self, inventory: &mut Inventory) {
        if self.is_listed {
            return;
        }
        let rank = |origin: Origin| !self.is_present(origin);
        inventory.roles.sort_by_key(|own| rank(own.origin));
        inventory.secrets.sort_by_key(|own| rank(own.origin));
        inventory.parameters.sort_by_key(|own| rank(own.origin));
        inventory.keys.sort_by_key(|own| rank(own.origin));
        inventory.associations.sort_by_key(|own| rank(own.origin));
        let of_policy = |own: &ManagedPolicy| rank(own.document.origin);
        inventory.policies.sort_by_key(of_policy);
    }

    /// Notes that a fact differs at two places; the later place counts. If both places are of one kind, neither is
    /// intended to overrule the other.
    fn differ(&mut self, what: &str, old: Origin, new: Origin) {
        let place = |origin: Origin| {
            let place = self.sources.place(origin);
            place.map_or_else(String::new, |place| place.to_string())
        };
        if !old.is_somewhere() || !new.is_somewhere() {
            return;
        }
        let message = format!(
            "{what} differs between {} and {}; the latter is used",
            place(old),
            place(new)
        );
        self.list.push((message, new));
        let kind = |origin: Origin| self.kinds.get(self.sources.name(origin.source)).copied();
        // A plan, the source beside it and what AWS has describe one resource, and a world overrules all; what else describes the
        // object of a manifest is another definition.
        let kinds = [kind(old), kind(new)];
        let is_known = kinds
            .iter()
            .all(|kind| kind.is_some_and(|kind| kind != Kind::WORLD));
        let is_manifest = kinds.contains(&Some(Kind::KUBERNETES));
        let is_same = kind(old).is_some() && kind(old) == kind(new);
        if is_same || is_known && is_manifest {
            self.conflicts.push(Sighting {
                kind: SightingKind::Conflict,
                object: what.to_owned(),
                what: what.to_owned(),
                origin: new,
                other: old,
            });
        }
    }

    /// Whether two root modules or two templates describe a resource: their order is unknown, and they may be of different accounts.
    fn are_rivals(&self, old: Origin, new: Origin) -> bool {
        let kind = |origin: Origin| {
            let kind = self.kinds.get(self.sources.name(origin.source))?;
            Some(kind.name()).filter(|name| matches!(*name, "terraform" | "cloudformation"))
        };
        kind(old).is_some() && kind(old) == kind(new)
    }

    /// A known value beats none, a later one an earlier one.
    fn value<T: PartialEq>(
        &mut self,
        what: &str,
        old: &mut Option<Spanned<T>>,
        new: Option<Spanned<T>>,
    ) {
        let Some(new) = new else { return };
        if let Some(before) = old.as_ref().filter(|before| before.value != new.value) {
            self.differ(what, before.origin, new.origin);
        }
        *old = Some(new);
    }

    /// The same for a fact that may be open; a source that does not state it changes nothing.
    fn attribute<T: PartialEq>(
        &mut self,
        what: &str,
        old: &mut Attribute<Spanned<T>>,
        new: Attribute<Spanned<T>>,
    ) {
        if let (Some(before), Some(new)) = (old.known(), new.known())
            && before.value != new.value
        {
            self.differ(what, before.origin, new.origin);
            if self.are_rivals(before.origin, new.origin) {
                *old = Attribute::Unknown(rivalry(what));
                return;
            }
        }
        replace(old, new);
    }

    fn plain<T: PartialEq>(
        &mut self,
        what: &str,
        old: &mut Attribute<T>,
        new: Attribute<T>,
        places: (Origin, Origin),
    ) {
        if let (Some(before), Some(new)) = (old.known(), new.known())
            && before != new
        {
            self.differ(what, places.0, places.1);
            if self.are_rivals(places.0, places.1) {
                *old = Attribute::Unknown(rivalry(what));
                return;
            }
        }
        replace(old, new);
    }

    fn policy(
        &mut self,
        what: &str,
        old: &mut Attribute<Arc<PolicyDocument>>,
        new: Attribute<Arc<PolicyDocument>>,
    ) {
        if let (Some(before), Some(new)) = (old.known(), new.known())
            && !same_policy(before, new)
        {
            self.differ(what, before.origin, new.origin);
            if self.are_rivals(before.origin, new.origin) {
                *old = Attribute::Unknown(rivalry(what));
                return;
            }
        }
        replace(old, new);
    }

    fn cluster(&mut self, old: &mut Cluster, new: Cluster) {
        let what = |fact: &str| format!("the {fact} of cluster `{}`", new.name);
        // An association only implies its cluster.
        let implied = new.issuer.known().is_none()
            && new.audiences.is_none()
            && new.endpoints.is_empty()
            && new.rotation
            && new.provider == Dialect::default();
        self.plain(
            &what("issuer"),
            &mut old.issuer,
            new.issuer,
            (old.origin, new.origin),
        );
        let what = format!("the token audiences of cluster `{}`", new.name);
        self.value(&what, &mut old.audiences, new.audiences);
        if !new.endpoints.is_empty() {
            old.endpoints = new.endpoints;
        }
        old.rotation &= new.rotation;
        if new.provider != Dialect::default() {
            old.provider = new.provider;
        }
        if !implied {
            old.origin = new.origin;
        }
    }
}

/// Why a fact of two root modules is unknown.
fn rivalry(what: &str) -> Hole {
    Hole::any(format!(
        "{what}: two root modules or templates make it; give each its account with an include"
    ))
}

/// Puts what a later source states in the place of what an earlier one did; one that states nothing changes nothing.
fn replace<T>(old: &mut Attribute<T>, new: Attribute<T>) {
    let was_unstated = matches!(old, Attribute::Unknown(hole) if hole.is_unstated());
    let is_stated = match &new {
        Attribute::Known(_) => true,
        Attribute::Absent => was_unstated,
        Attribute::Unknown(hole) => !hole.is_unstated(),
    };
    if is_stated {
        *old = new;
    }
}

/// Whether two documents are equal, whatever their places.
pub(super) fn same_policy(left: &Arc<PolicyDocument>, right: &Arc<PolicyDocument>) -> bool {
    Arc::ptr_eq(left, right)
        || serde_json::to_string(&Canonical(left)).ok()
            == serde_json::to_string(&Canonical(right)).ok()
}

/// Whether two documents that are written at two places differ; a policy that AWS makes by default is written nowhere.
pub(super) fn are_two(left: &Arc<PolicyDocument>, right: &Arc<PolicyDocument>) -> bool {
    let is_written = |document: &PolicyDocument| {
        let mut statements = document.statements.iter();
        document.origin.is_somewhere() && statements.any(|own| own.origin.is_somewhere())
    };
    is_written(left) && left.origin != right.origin && !same_policy(left, right)
}

/// `account:name`, for resources whose account is known by its id.
fn called(name: &str, account: impl Display) -> String {
    format!("`{name}` in account {account}")
}
