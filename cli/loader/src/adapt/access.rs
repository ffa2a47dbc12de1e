//! RBAC manifests: roles, bindings, aggregated ClusterRoles, and the ClusterRoles that every cluster has.

use super::{
    attribute::{Open, items, of},
    batch::Batch,
    object,
    spelling::Names,
    volume::texts,
};
use crate::{
    fields::{member, spelt},
    loading::Loading,
    pending::{RawRole, Selector},
    resource::Resource,
};
use policy_engine::{
    inventory::{Attribute, RbacBinding, RbacRole, RbacRule, RbacSubject},
    source::{Origin, Spanned},
    syntax::node::Node,
};
use std::collections::{HashMap, HashSet};

/// The most rules that aggregation may copy in one run, and the most labels that it may compare.
const MAX_STEPS: usize = 1_000_000;

const RULES: Names = &["rules"];
const SELECTION: Names = &["aggregationRule"];
const REFERENCE: Names = &["roleRef"];
const SUBJECTS: Names = &["subjects"];

/// A Role or ClusterRole.
pub(super) fn role(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let name = object::name(resource);
    let is_everywhere = resource.address == "ClusterRole";
    let namespace = (!is_everywhere).then(|| batch.namespace(resource, &name));
    let rules = known(batch, resource, resource.stated(RULES).as_deref());
    let role = RbacRole {
        cluster: batch.setting.cluster.clone(),
        namespace,
        name: name.value,
        rules: rules.iter().filter_map(rule).collect(),
        origin: name.origin,
    };
    let labels = object::metadata(resource, &["labels"]);
    let hole = labels.as_ref().and_then(object::hole_in);
    if let Some(hole) = &hole {
        batch.open_object(resource, hole);
    }
    let labels = hole.is_none().then(|| plain(labels.as_ref()));
    let stated = resource.stated(SELECTION);
    let selectors = stated.as_deref().map(|node| {
        let selectors = match of(Some(node)) {
            Attribute::Unknown(_) => Some(node),
            _ => node.get("clusterRoleSelectors"),
        };
        known(batch, resource, selectors)
    });
    batch.loading.cluster_roles.push(RawRole {
        role,
        labels,
        selectors: selectors
            .unwrap_or_default()
            .iter()
            .map(Selector::read)
            .collect(),
    });
}

/// The elements of a list that have no unknown part; the object of an element with an unknown part is named.
///
/// The known part of a rule or selector grants more than the whole: without names a rule holds for all names.
fn known(batch: &mut Batch<'_>, resource: &Resource<'_>, list: Option<&Node>) -> Vec<Node> {
    let mut open = Open::default();
    let elements = items(of(list), &mut open);
    let mut known = Vec::new();
    for element in elements {
        match object::hole_in(element) {
            Some(hole) => open.add(hole),
            None => known.push(element.clone()),
        }
    }
    if let Some(hole) = open.hole() {
        batch.open_object(resource, hole);
    }
    known
}

/// A RoleBinding or ClusterRoleBinding.
pub(super) fn binding(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let reference = resource.stated(REFERENCE);
    let reference = reference.as_deref();
    if let Some(hole) = reference.and_then(object::hole_in) {
        batch.open_object(resource, &hole);
        return;
    }
    let Some(role) = reference.and_then(|reference| member(reference, "name")) else {
        return;
    };
    let name = object::name(resource);
    let is_namespaced = resource.address == "RoleBinding";
    let namespace = is_namespaced.then(|| batch.namespace(resource, &name));
    let kind = reference.and_then(|reference| member(reference, "kind"));
    let subjects = known(batch, resource, resource.stated(SUBJECTS).as_deref());
    let subjects = subjects.iter().filter_map(|subject| {
        let kind = member(subject, "kind")?.value;
        let of_account = kind == "ServiceAccount";
        let own = member(subject, "namespace").map(|namespace| namespace.value);
        Some(RbacSubject {
            namespace: own.or_else(|| namespace.clone()).filter(|_| of_account),
            kind,
            name: member(subject, "name")?,
        })
    });
    let binding = RbacBinding {
        cluster: batch.setting.cluster.clone(),
        subjects: subjects.collect(),
        namespace,
        name: name.value,
        role,
        cluster_role: kind.is_none_or(|kind| kind.value == "ClusterRole"),
        origin: name.origin,
    };
    batch.loading.inventory.access.bindings.push(binding);
}

fn rule(node: &Node) -> Option<RbacRule> {
    let words = |name: &str| -> Vec<Spanned<String>> {
        list(Some(node), name).iter().filter_map(spelt).collect()
    };
    let bare = |name: &str| words(name).into_iter().map(|word| word.value).collect();
    let resources = words("resources");
    (!resources.is_empty()).then(|| RbacRule {
        api_groups: bare("apiGroups"),
        resources,
        verbs: words("verbs"),
        names: bare("resourceNames"),
        origin: node.origin,
    })
}

impl Selector {
    fn read(node: &Node) -> Self {
        let expressions = list(Some(node), "matchExpressions").iter();
        Self {
            labels: plain(node.get("matchLabels")),
            expressions: expressions
                .filter_map(|expression| {
                    let values = list(Some(expression), "values").iter().filter_map(spelt);
                    Some((
                        member(expression, "key")?.value,
                        member(expression, "operator")?.value,
                        values.map(|value| value.value).collect(),
                    ))
                })
                .collect(),
        }
    }

    fn selects(&self, labels: &[(String, String)]) -> bool {
        let value = |key: &str| {
            let mut values = labels.iter().filter(|(label, _)| label == key);
            values.next().map(|(_, value)| value)
        };
        let met = |(key, operator, values): &(String, String, Vec<String>)| match operator.as_str()
        {
            "In" => value(key).is_some_and(|value| values.contains(value)),
            "NotIn" => value(key).is_none_or(|value| !values.contains(value)),
            "Exists" => value(key).is_some(),
            "DoesNotExist" => value(key).is_none(),
            _ => false,
        };
        self.labels
            .iter()
            .all(|(key, wanted)| value(key) == Some(wanted))
            && self.expressions.iter().all(met)
    }

    fn label(key: &str) -> Self {
        Self {
            labels: vec![(format!("{AGGREGATE}{key}"), "true".to_owned())],
            expressions: Vec::new(),
        }
    }
}

/// Keeps the roles that bindings name, with what is aggregated into them.
pub(crate) fn resolve(loading: &mut Loading) {
    let raw = std::mem::take(&mut loading.cluster_roles);
    let bindings = std::mem::take(&mut loading.inventory.access.bindings);
    // A later manifest of the same object counts.
    let mut known: HashMap<(&str, Option<&str>, &str), &RawRole> = HashMap::new();
    for raw_role in &raw {
        let role = &raw_role.role;
        known.insert(
            (&role.cluster, role.namespace.as_deref(), &role.name),
            raw_role,
        );
    }
    let mut by_cluster: HashMap<&str, Vec<&RawRole>> = HashMap::new();
    let mut unique: Vec<_> = known.values().copied().collect();
    unique.sort_by_key(|raw_role| {
        (
            raw_role.role.origin.source.0,
            raw_role.role.origin.span.start,
        )
    });
    for raw_role in unique
        .iter()
        .filter(|raw_role| raw_role.role.namespace.is_none())
    {
        by_cluster
            .entry(&raw_role.role.cluster)
            .or_default()
            .push(raw_role);
    }
    let mut steps = 0;
    let mut taken = HashSet::new();
    let mut roles = Vec::new();
    for binding in &bindings {
        let namespace = binding
            .namespace
            .as_deref()
            .filter(|_| !binding.cluster_role);
        let key = (
            binding.cluster.as_str(),
            namespace,
            binding.role.value.as_str(),
        );
        if !taken.insert(key) {
            continue;
        }
        let built_in = namespace.is_none().then(|| built_in(binding)).flatten();
        let Some(role) = known.get(&key).copied().cloned().or(built_in) else {
            continue;
        };
        let others = by_cluster.get(binding.cluster.as_str());
        let others = others.map_or(&[][..], Vec::as_slice);
        roles.push(aggregate(role, others, &mut steps));
    }
    let mut named = HashMap::new();
    for (at, binding) in bindings.iter().enumerate() {
        named.insert(
            (
                binding.cluster.clone(),
                binding.namespace.clone(),
                binding.name.clone(),
            ),
            at,
        );
    }
    let last = |at: usize, binding: &RbacBinding| {
        named.get(&(
            binding.cluster.clone(),
            binding.namespace.clone(),
            binding.name.clone(),
        )) == Some(&at)
    };
    let bindings = bindings
        .iter()
        .enumerate()
        .filter(|(at, binding)| last(*at, binding));
    loading.inventory.access.bindings = bindings.map(|(_, binding)| binding.clone()).collect();
    loading.inventory.access.roles = roles;
    if steps >= MAX_STEPS {
        let message =
            "aggregated ClusterRoles are too many to follow; some of their rules are left out";
        loading.note(message, None);
    }
}

/// A role with the rules of all ClusterRoles that its selectors, and theirs, choose.
fn aggregate(role: RawRole, others: &[&RawRole], steps: &mut usize) -> RbacRole {
    let RawRole {
        mut role,
        selectors,
        ..
    } = role;
    let mut waiting = selectors;
    let mut taken = HashSet::from([role.name.clone()]);
    while let Some(selector) = waiting.pop() {
        for other in others {
            let Some(labels) = &other.labels else {
                continue;
            };
            *steps += 1 + labels.len() + selector.expressions.len();
            if *steps >= MAX_STEPS {
                return role;
            }
            if selector.selects(labels) && taken.insert(other.role.name.clone()) {
                *steps += other.role.rules.len();
                role.rules.extend(other.role.rules.iter().cloned());
                waiting.extend(other.selectors.iter().cloned());
            }
        }
    }
    role
}

const AGGREGATE: &str = "rbac.authorization.k8s.io/aggregate-to-";
const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
const CREATE: &[&str] = &["create"];
/// What `view` reads: Kubernetes' default roles, as of 1.33, kinds that other rules ask about.
const VIEWED: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "resourcequotas",
            "serviceaccounts",
            "services",
        ],
    ),
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "deployments",
            "replicasets",
            "statefulsets",
        ],
    ),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ("policy", &["poddisruptionbudgets"]),
];
const EXEC: &[&str] = &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy"];
/// What `edit` writes.
const EDITED: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "pods",
            "replicationcontrollers",
            "secrets",
            "serviceaccounts",
            "services",
        ],
    ),
    ("", EXEC),
    (
        "apps",
        &[
            "daemonsets",
            "deployments",
            "deployments/scale",
            "replicasets",
            "statefulsets",
        ],
    ),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ("policy", &["poddisruptionbudgets"]),
];

/// One of the ClusterRoles for users that every cluster has.
fn built_in(binding: &RbacBinding) -> Option<RawRole> {
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| {
        let placed = |words: &[&str]| {
            let words = words.iter();
            words
                .map(|word| Spanned::new((*word).to_owned(), Origin::NOWHERE))
                .collect()
        };
        RbacRule {
            api_groups: vec![group.to_owned()],
            resources: placed(resources),
            verbs: placed(verbs),
            names: Vec::new(),
            origin: Origin::NOWHERE,
        }
    };
    let each = |table: &[(&str, &[&str])], verbs: &[&str]| -> Vec<RbacRule> {
        let rules = table.iter();
        rules
            .map(|(group, resources)| rule(group, resources, verbs))
            .collect()
    };
    let name = binding.role.value.as_str();
    let level = ["view", "edit", "admin"]
        .iter()
        .position(|level| *level == name);
    let mut rules = Vec::new();
    match level {
        None if name == "cluster-admin" => rules.push(rule("*", &["*"], &["*"])),
        None => return None,
        Some(level) => {
            rules.extend(each(VIEWED, READ));
            if level > 0 {
                rules.push(rule("", EXEC, READ));
                rules.push(rule("", &["secrets"], READ));
                rules.push(rule("", &["serviceaccounts"], &["impersonate"]));
                rules.push(rule(
                    "",
                    &["serviceaccounts/token", "pods/eviction"],
                    CREATE,
                ));
                rules.extend(each(EDITED, WRITE));
            }
            if level > 1 {
                let all = [READ, WRITE].concat();
                rules.push(rule(
                    "rbac.authorization.k8s.io",
                    &["rolebindings", "roles"],
                    &all,
                ));
            }
        }
    }
    // `view` is aggregated into `edit`, and that into `admin`.
    let levels = level.map_or(0, |level| level + 1);
    let labels = ["view", "edit", "admin"].iter().take(levels);
    Some(RawRole {
        role: RbacRole {
            cluster: binding.cluster.clone(),
            namespace: None,
            name: name.to_owned(),
            rules,
            origin: Origin::NOWHERE,
        },
        labels: Some(Vec::new()),
        selectors: labels.map(|name| Selector::label(name)).collect(),
    })
}

fn list<'a>(node: Option<&'a Node>, name: &str) -> &'a [Node] {
    node.and_then(|node| node.get(name))
        .and_then(Node::as_list)
        .unwrap_or_default()
}

fn plain(node: Option<&Node>) -> Vec<(String, String)> {
    let pairs = texts(node).into_iter();
    pairs.map(|(key, value)| (key.value, value.value)).collect()
}
