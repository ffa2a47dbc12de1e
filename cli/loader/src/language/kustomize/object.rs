//! An object while it is built: its tree, and the names that it had before.
//!
//! kubernetes-sigs/kustomize, `api/resource` and `kyaml/resid`.

use super::tree;
use crate::value::text;
use policy_engine::{syntax::node::Node, text::Text};

/// The namespace of objects that have none.
const NO_NAMESPACE: &str = "_non_namespaceable_";

/// Kinds of Kubernetes that have no namespace, by their group; each other kind has one.
///
/// Kubernetes documentation, "Namespaces", section "Not all objects are in a namespace".
const CLUSTER_SCOPED: [(&str, &[&str]); 12] = [
    (
        "",
        &[
            "ComponentStatus",
            "Namespace",
            "Node",
            "NodeProxyOptions",
            "PersistentVolume",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("certificates.k8s.io", &["CertificateSigningRequest"]),
    (
        "flowcontrol.apiserver.k8s.io",
        &["FlowSchema", "PriorityLevelConfiguration"],
    ),
    ("networking.k8s.io", &["IngressClass"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["PodSecurityPolicy"]),
    (
        "rbac.authorization.k8s.io",
        &["ClusterRole", "ClusterRoleBinding"],
    ),
    ("scheduling.k8s.io", &["PriorityClass"]),
    (
        "storage.k8s.io",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    ),
];

/// Group, version and kind; as a selector, what is empty selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Gvk {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

impl Gvk {
    pub(super) fn new(group: &str, version: &str, kind: &str) -> Self {
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    pub(super) fn of(node: &Node) -> Self {
        let version = tree::spelt(node, &["apiVersion"]).unwrap_or_default();
        let (group, version) = version.split_once('/').unwrap_or(("", &version));
        let kind = tree::spelt(node, &["kind"]).unwrap_or_default();
        Self::new(group, version, &kind)
    }

    /// A selector that is written with the members `group`, `version` and `kind`.
    pub(super) fn written(node: &Node) -> Self {
        let part = |name: &str| tree::spelt(node, &[name]).unwrap_or_default();
        Self::new(&part("group"), &part("version"), &part("kind"))
    }

    pub(super) fn selects(&self, other: &Self) -> bool {
        let is = |own: &str, other: &str| own.is_empty() || own == other;
        is(&self.group, &other.group)
            && is(&self.version, &other.version)
            && is(&self.kind, &other.kind)
    }

    pub(super) fn is_cluster_scoped(&self) -> bool {
        let mut groups = CLUSTER_SCOPED.iter();
        groups.any(|(group, kinds)| *group == self.group && kinds.contains(&self.kind.as_str()))
    }
}

/// What identifies an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    pub(super) gvk: Gvk,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Id {
    pub(super) fn of(node: &Node) -> Self {
        let gvk = Gvk::of(node);
        let namespace = if gvk.is_cluster_scoped() {
            NO_NAMESPACE.to_owned()
        } else {
            let written = tree::spelt(node, &["metadata", "namespace"]);
            let written = written.filter(|namespace| !namespace.is_empty());
            written.unwrap_or_else(|| "default".to_owned())
        };
        Self {
            gvk,
            namespace,
            name: tree::spelt(node, &["metadata", "name"]).unwrap_or_default(),
        }
    }

    /// `Deployment pay/api`
    pub(super) fn shown(&self) -> String {
        if self.namespace == NO_NAMESPACE {
            return format!("{} {}", self.gvk.kind, self.name);
        }
        format!("{} {}/{}", self.gvk.kind, self.namespace, self.name)
    }
}

/// An object that a build has reached.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) node: Node,
    /// The identities that it had, the first one first.
    pub(super) previous: Vec<Id>,
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    /// Whether its name gets a suffix that is computed from its data.
    pub(super) is_hashed: bool,
}

impl Object {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            is_hashed: false,
        }
    }

    pub(super) fn gvk(&self) -> Gvk {
        Gvk::of(&self.node)
    }

    pub(super) fn id(&self) -> Id {
        Id::of(&self.node)
    }

    /// The identity that it has in its file.
    pub(super) fn original(&self) -> Id {
        match self.previous.first() {
            Some(first) => first.clone(),
            None => self.id(),
        }
    }

    /// Whether it has or had an identity.
    pub(super) fn is(&self, id: &Id) -> bool {
        self.id() == *id || self.previous.contains(id)
    }

    /// Keeps the present identity as a previous one.
    pub(super) fn remember(&mut self) {
        let id = self.id();
        self.previous.push(id);
    }

    /// The name as a text, holes included.
    pub(super) fn name(&self) -> Text {
        let name = self.node.at(&["metadata", "name"]);
        name.and_then(Node::scalar_text).unwrap_or_default()
    }

    pub(super) fn namespace(&self) -> Option<String> {
        tree::spelt(&self.node, &["metadata", "namespace"]).filter(|text| !text.is_empty())
    }

    /// Sets the name, at the place where it was written.
    pub(super) fn rename(&mut self, name: Text) {
        let place = self.node.at(&["metadata", "name"]);
        let origin = place.map_or(self.node.origin, |node| node.origin);
        self.put("name", text(name, origin));
    }

    /// Sets a member of the metadata.
    pub(super) fn put(&mut self, name: &str, value: Node) {
        let origin = value.origin;
        if self.node.get("metadata").is_none() {
            let metadata = tree::map(Vec::new(), origin);
            tree::set(&mut self.node, text("metadata", origin), metadata);
        }
        if let Some(metadata) = tree::member(&mut self.node, "metadata") {
            tree::set(metadata, text(name, origin), value);
        }
    }

    /// Whether only an empty tree is left of it.
    pub(super) fn is_empty(&self) -> bool {
        self.node.is_null() || self.node.as_map().is_some_and(<[_]>::is_empty)
    }
}
