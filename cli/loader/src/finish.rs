//! The last steps of a run: clusters get their ARNs, facts are merged, and names in promises are checked.

use super::{
    adapt::access,
    deployed, late, live,
    loaded::Loaded,
    loading::{AttachedPolicy, Loading, account, did_you_mean},
    managed, merge, policy,
    problem::LoadError,
    shape, stages, stray, synced, unread,
    world::Worlds,
};
use policy_engine::{
    inventory::{
        AccountId, Inventory, LoosePolicy, OpenClass, Unit,
        promise::{Ask, Promises},
    },
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Spanned},
    text::Text,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Turns what was read into the answer.
pub(super) fn finish(mut loading: Loading, worlds: Worlds) -> Result<Loaded, Box<LoadError>> {
    merge::clusters(&mut loading);
    attached(&mut loading);
    partial(&mut loading);
    taken_away(&mut loading);
    deployed::settle(&mut loading);
    stages::separate(&mut loading);
    resolve_clusters(&mut loading);
    unread::settle(&mut loading);
    synced::settle(&mut loading);
    open_classes(&mut loading);
    late::settle(&mut loading);
    merge::everything(&mut loading);
    access::resolve(&mut loading);
    stray::spread(&mut loading);
    accounts(&mut loading.inventory);
    open_kinds(&mut loading);
    let open = attached_policies(&mut loading);
    accounts(&mut loading.inventory);
    open_targets(&mut loading, &open);
    live::take::unread(&mut loading);
    managed::attach(&mut loading);
    check_names(&mut loading, &worlds.promises);
    if !loading.problems.is_empty() {
        return Err(Box::new(LoadError {
            sources: loading.sources,
            problems: loading.problems,
        }));
    }
    Ok(Loaded {
        sources: loading.sources,
        inventory: loading.inventory,
        promises: worlds.promises,
        world: worlds.top,
        files: loading.files,
        notes: loading.notes,
        nested: loading.nested,
        annotations: loading.annotations,
        sightings: loading.sightings,
        homeless: loading.homeless.into_iter().collect(),
        unnamed: None,
    })
}

/// Names objects whose facts kustomizations take away.
fn taken_away(loading: &mut Loading) {
    for name in loading.built.lost() {
        loading.unread_file(&name, unread::taken_away());
    }
}

/// Names kustomizations with parts that are elsewhere, where something in the repository mounts secrets: the parts may be about it.
fn partial(loading: &mut Loading) {
    let Inventory {
        workloads,
        classes,
        open_classes,
        ..
    } = &loading.inventory;
    if workloads.is_empty() && classes.is_empty() && open_classes.is_empty() {
        return;
    }
    for (name, unread) in std::mem::take(&mut loading.partial) {
        loading.unread_file(&name, unread);
    }
}

/// A policy that something has is no policy on its own.
fn attached(loading: &mut Loading) {
    let Loading {
        inventory,
        sources,
        attached_files,
        ..
    } = loading;
    let is_loose = |loose: &LoosePolicy| {
        let name = sources.name(loose.document.origin.source);
        !attached_files.contains(name)
    };
    inventory.loose.retain(is_loose);
}

/// Names the classes of which a part is unknown and that no workload mounts; a mount of another is undecided.
fn open_classes(loading: &mut Loading) {
    let Loading { inventory, .. } = loading;
    let Inventory {
        classes,
        open_classes: open,
        workloads,
        ..
    } = inventory;
    let identity = |class: &OpenClass| {
        (
            class.cluster.clone(),
            class.namespace.clone(),
            class.name.value.clone(),
        )
    };
    let identities: HashSet<_> = open.iter().map(identity).collect();
    // Another definition of the same class is one of two.
    classes.retain(|class| {
        let identity = (
            class.cluster.clone(),
            class.namespace.clone(),
            class.name.value.clone(),
        );
        !identities.contains(&identity)
    });
    let mounted = |class: &OpenClass| {
        workloads.iter().any(|workload| {
            let mut names = workload.classes.iter();
            workload.cluster == class.cluster
                && workload.namespace == class.namespace
                && names.any(|name| name.value == class.name.value)
        })
    };
    let unmounted: Vec<_> = open
        .iter()
        .filter(|class| !mounted(class))
        .cloned()
        .collect();
    for class in unmounted {
        let file = loading.sources.name(class.name.origin.source);
        let name = &class.name.value;
        let shown = format!("{file} (SecretProviderClass {}/{name})", class.namespace);
        loading.unread_file(&shown, unread::open_object(&class.part));
    }
}

/// A kind of which something exists without a name or account that is known is not complete, whatever the world states.
fn open_kinds(loading: &mut Loading) {
    for (kind, account, origin) in std::mem::take(&mut loading.open_kinds) {
        let all = loading.inventory.accounts.iter().map(|own| &*own.id);
        let all: Vec<String> = all.map(str::to_owned).collect();
        let of = account.map_or(all, |account| vec![account]);
        for account in of {
            let closed = &mut loading.inventory.closed;
            if !closed.contains(kind, &account) {
                continue;
            }
            closed.open.push((kind.to_owned(), account.clone()));
            let message = format!(
                "`closed` has no effect on {kind} of account {account}: the name or the account of a resource is unknown"
            );
            loading.note(message, Some(origin));
        }
    }
}

/// Replaces names of clusters by ARNs where a cluster of that name is known.
fn resolve_clusters(loading: &mut Loading) {
    let fallback = fallback(loading);
    let inventory = &mut loading.inventory;
    let clusters = std::mem::take(&mut inventory.clusters);
    let mut arns: HashMap<&str, Option<&str>> = HashMap::new();
    for cluster in &clusters {
        // With two clusters of the name it is unknown which one it is.
        let arn = arns.entry(&cluster.name).or_insert(Some(&cluster.arn));
        *arn = arn.filter(|arn| *arn == cluster.arn);
    }
    let resolve = |name: &mut String| {
        if name.is_empty() {
            name.clone_from(&fallback);
        }
        if let Some(Some(arn)) = arns.get(name.as_str()) {
            *name = (*arn).to_owned();
        }
    };
    inventory
        .service_accounts
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.pod.cluster));
    inventory
        .associations
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.cluster));
    inventory
        .classes
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.cluster));
    inventory
        .open_classes
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.cluster));
    inventory
        .workloads
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.cluster));
    inventory
        .mounts
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.pod.cluster));
    inventory
        .access
        .bindings
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.cluster));
    loading
        .cluster_roles
        .iter_mut()
        .for_each(|fact| resolve(&mut fact.role.cluster));
    loading
        .synced
        .places()
        .for_each(|place| resolve(&mut place.value.0));
    let mut audiences = std::mem::take(&mut loading.audiences);
    for (name, _) in &mut audiences {
        resolve(name);
    }
    loading.inventory.clusters = clusters;
    for (name, served) in audiences {
        if let Some(cluster) = loading
            .inventory
            .clusters
            .iter_mut()
            .find(|cluster| cluster.arn == name)
        {
            cluster.audiences = Some(served);
        }
    }
}

/// The cluster of manifests that do not state it: from the command line, or the only known cluster.
fn fallback(loading: &mut Loading) -> String {
    if let Some(cluster) = &loading.options.cluster {
        return cluster.clone();
    }
    let inventory = &loading.inventory;
    if let [only] = inventory.clusters.as_slice() {
        return only.arn.clone();
    }
    let pods = inventory
        .service_accounts
        .iter()
        .map(|fact| &fact.pod.cluster);
    let workloads = inventory.workloads.iter().map(|fact| &fact.cluster);
    let classes = inventory.classes.iter().map(|fact| &fact.cluster);
    let bindings = inventory.access.bindings.iter().map(|fact| &fact.cluster);
    let named = inventory
        .associations
        .iter()
        .map(|fact| &fact.cluster)
        .chain(pods)
        .chain(workloads)
        .chain(classes)
        .chain(bindings);
    let is_unsaid = |name: &&String| name.is_empty();
    let unsaid = named.clone().any(|name| is_unsaid(&name));
    let mut names: Vec<String> = named.filter(|name| !name.is_empty()).cloned().collect();
    names.extend(inventory.clusters.iter().map(|cluster| cluster.arn.clone()));
    names.sort();
    names.dedup();
    match names.as_slice() {
        [only] => only.clone(),
        [] => "cluster".to_owned(),
        _ => {
            if unsaid {
                let message = "several clusters are known, and some manifests do not name their cluster; `cluster` is assumed";
                loading.note(message, None);
            }
            "cluster".to_owned()
        }
    }
}

/// Gives each account and unit its attached policies, whatever the source of the attachment.
///
/// Returns those with an unknown target.
fn attached_policies(loading: &mut Loading) -> Vec<AttachedPolicy> {
    let mut attached: HashMap<String, Vec<AttachedPolicy>> = HashMap::new();
    for policy in std::mem::take(&mut loading.attached_policies) {
        let of_target = attached.entry(policy.target.clone()).or_default();
        of_target.push(policy);
    }
    let accounts = &mut loading.inventory.accounts;
    let known: HashSet<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
    let mut unheard: Vec<_> = attached
        .keys()
        .filter_map(|target| AccountId::parse(target))
        .filter(|target| !known.contains(target.as_str()))
        .map(|target| account(target, None, None, Origin::NOWHERE))
        .collect();
    unheard.sort_by(|left, right| left.id.cmp(&right.id));
    accounts.append(&mut unheard);
    for account in accounts {
        for policy in attached.remove(account.id.as_str()).unwrap_or_default() {
            attach(policy, &mut account.scps, &mut account.rcps);
        }
    }
    let organization = loading.inventory.organization.as_mut();
    let mut open: Vec<&mut Unit> = organization
        .into_iter()
        .map(|organization| &mut organization.root)
        .collect();
    while let Some(unit) = open.pop() {
        for policy in attached.remove(&unit.id).unwrap_or_default() {
            attach(policy, &mut unit.scps, &mut unit.rcps);
        }
        open.extend(&mut unit.units);
    }
    let mut left: Vec<AttachedPolicy> = attached.into_values().flatten().collect();
    left.sort_by_key(|policy| policy.origin);
    let (open, left): (Vec<_>, Vec<_>) = left
        .into_iter()
        .partition(|policy| !Text::shown(&policy.target).is_known());
    for policy in left {
        let message = format!(
            "`{}` attaches a policy to `{}`, whose accounts are unknown; write the organization in a world so that the policy applies",
            policy.address, policy.target
        );
        loading.note(message, Some(policy.origin));
    }
    open
}

/// A policy with an unknown target may be attached to each account: each gets a policy with unknown statements.
fn open_targets(loading: &mut Loading, open: &[AttachedPolicy]) {
    for policy in open {
        let name = format!("{}, whose target is {}", policy.address, policy.target);
        let node = shape::unknown(&name, policy.kind, policy.origin);
        let Some(document) = policy::document(loading, &node, policy.kind, &policy.address) else {
            continue;
        };
        for account in &mut loading.inventory.accounts {
            let policies = match policy.kind {
                PolicyType::Rcp => &mut account.rcps,
                _ => &mut account.scps,
            };
            policies.push(Arc::clone(&document));
        }
    }
}

/// Two sources may state the same attachment.
fn attach(
    policy: AttachedPolicy,
    scps: &mut Vec<Arc<PolicyDocument>>,
    rcps: &mut Vec<Arc<PolicyDocument>>,
) {
    let policies = match policy.kind {
        PolicyType::Rcp => rcps,
        _ => scps,
    };
    let is_new = policies.iter().all(|known| {
        known.name != policy.document.name || !merge::same_policy(known, &policy.document)
    });
    if is_new {
        policies.push(policy.document);
    }
}

/// Adds the accounts that only ARNs name.
fn accounts(inventory: &mut Inventory) {
    let mut named: Vec<(AccountId, Origin)> = Vec::new();
    for role in &inventory.roles {
        named.extend(role.arn.account().map(|account| (account, role.origin)));
    }
    named.extend(
        inventory
            .clusters
            .iter()
            .map(|fact| (fact.account.clone(), fact.origin)),
    );
    named.extend(
        inventory
            .secrets
            .iter()
            .map(|fact| (fact.account.clone(), fact.origin)),
    );
    named.extend(
        inventory
            .parameters
            .iter()
            .map(|fact| (fact.account.clone(), fact.origin)),
    );
    named.extend(
        inventory
            .keys
            .iter()
            .filter_map(|fact| Some((AccountId::parse(&fact.account)?, fact.origin))),
    );
    let mut known: HashSet<AccountId> = inventory
        .accounts
        .iter()
        .map(|account| account.id.clone())
        .collect();
    for (id, origin) in named {
        if known.insert(id.clone()) {
            inventory.accounts.push(account(id, None, None, origin));
        }
    }
}

/// A name that does not exist is an error, never a pass.
fn check_names(loading: &mut Loading, promises: &Promises) {
    let known = Known::new(&loading.inventory);
    // Each name once: a name that is wrong at many places is reported at the first.
    let mut checked: HashSet<&str> = HashSet::new();
    let pods = promises.pods.iter().map(|promise| &promise.pod);
    for pod in pods.chain(promises.readers.iter().flat_map(|readers| &readers.pods)) {
        if checked.insert(&pod.value) && !loading.is_full() {
            known.check_pod(loading, pod);
        }
    }
    let asked = promises.pods.iter().filter(|promise| {
        // An action may be asked of what no inventory holds.
        !(matches!(promise.ask, Ask::Call(_)) && promise.object.value.starts_with("arn:"))
    });
    let asked = asked.map(|promise| &promise.object);
    let mut checked: HashSet<&str> = HashSet::new();
    for object in asked.chain(promises.readers.iter().map(|readers| &readers.object)) {
        if checked.insert(&object.value) && !loading.is_full() {
            known.check_object(loading, object);
        }
    }
}

/// The names of all pods and objects, in the forms in which people write them.
struct Known {
    pods: Vec<String>,
    objects: Vec<String>,
    exact: HashSet<String>,
}

impl Known {
    fn new(inventory: &Inventory) -> Self {
        let pods: Vec<_> = inventory
            .pods()
            .iter()
            .map(|pod| inventory.pod_name(pod))
            .collect();
        let objects: Vec<_> = inventory
            .objects()
            .map(|object| object.display(inventory))
            .collect();
        let exact = pods
            .iter()
            .chain(&objects)
            .flat_map(|name| [name.as_str(), bare(name)]);
        Self {
            exact: exact.map(str::to_owned).collect(),
            pods,
            objects,
        }
    }

    fn check_pod(&self, loading: &mut Loading, pod: &Spanned<String>) {
        // A name of the wrong form was reported where it was read.
        if !pod.value.contains('/') || self.exact.contains(&pod.value) {
            return;
        }
        if !loading.inventory.find_pods(&pod.value).is_empty() {
            return;
        }
        let what = if pod.value.contains('*') {
            "no pod matches"
        } else {
            "no pod has the name"
        };
        let help =
            suggest(&pod.value, &self.pods).unwrap_or_else(|| some("the pods are", &self.pods));
        loading.problem(format!("{what} `{}`", pod.value), Some(&help), pod.origin);
    }

    fn check_object(&self, loading: &mut Loading, object: &Spanned<String>) {
        if self.exact.contains(&object.value)
            || !loading.inventory.find_objects(&object.value).is_empty()
            || loading.inventory.perhaps_named(&object.value).is_some()
        {
            return;
        }
        let is_pattern = object.value.contains('*');
        let what = if is_pattern {
            "no secret or parameter matches"
        } else {
            "no secret or parameter has the name"
        };
        let help = suggest(&object.value, &self.objects)
            .unwrap_or_else(|| some("known are", &self.objects));
        loading.problem(
            format!("{what} `{}`", object.value),
            Some(&help),
            object.origin,
        );
    }
}

/// A name without its account or cluster.
fn bare(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, bare)| bare)
}

fn suggest(wrong: &str, names: &[String]) -> Option<String> {
    if wrong.contains(':') {
        return did_you_mean(wrong, names.iter().map(String::as_str));
    }
    did_you_mean(wrong, names.iter().map(|name| bare(name)))
}

/// A few names of many.
fn some(what: &str, names: &[String]) -> String {
    if names.is_empty() {
        return "the world contains nothing of this kind; add the missing include".to_owned();
    }
    let shown: Vec<_> = names
        .iter()
        .take(5)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(shown.len());
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{what} {}{rest}", shown.join(", "))
}
