//! Kubernetes manifests: which pods run as which service account, and what they mount (inputs.md section 4).
//!
//! Anything with a pod template counts, whatever its kind; values of `Secret` objects are never looked at.

mod class;
pub(crate) mod object;
pub(crate) mod rbac;
mod volume;

use super::{
    fields::{member, spelt},
    loaded::Annotation,
    loading::Loading,
    open::Opened,
    setting::Setting,
};
use object::{DRIVER, ROLE_ANNOTATION};
use policy_engine::{
    inventory::{Pod, ServiceAccount, Workload},
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};

/// How annotations begin that except an object from a rule; the code follows.
const EXCEPTION: &str = "ascp-policy.dev/ignore.";

/// Takes the facts of a file of manifests.
pub(super) fn read(loading: &mut Loading, opened: &Opened, setting: &Setting) {
    let mut reader = Reader {
        loading,
        text: &opened.text,
        setting,
        namespace_noted: false,
    };
    for document in &opened.documents {
        reader.object(document);
    }
}

/// Takes the facts of one object that stands inside another file.
pub(super) fn object(loading: &mut Loading, node: &Node, setting: &Setting) {
    let mut reader = Reader {
        loading,
        text: "",
        setting,
        namespace_noted: false,
    };
    reader.object(node);
}

struct Reader<'a> {
    loading: &'a mut Loading,
    text: &'a str,
    setting: &'a Setting,
    namespace_noted: bool,
}

impl Reader<'_> {
    fn object(&mut self, node: &Node) {
        let kind = node.get("kind").and_then(Node::as_str).unwrap_or("");
        if node.get("apiVersion").is_none() || kind.is_empty() {
            return;
        }
        if kind.ends_with("List")
            && let Some(items) = node.get("items").and_then(Node::as_list)
        {
            for item in items {
                self.object(item);
            }
            return;
        }
        self.exceptions(node);
        match kind {
            "SecretProviderClass" => self.class(node),
            "ServiceAccount" => self.service_account(node),
            "CSIDriver" => self.driver(node),
            "Role" | "ClusterRole" => self.role(node, kind == "ClusterRole"),
            "RoleBinding" | "ClusterRoleBinding" => self.binding(node, kind == "RoleBinding"),
            "Secret" | "ConfigMap" | "Namespace" => {}
            _ => self.workload(node, kind),
        }
    }

    /// Annotations that except the object from a rule.
    fn exceptions(&mut self, node: &Node) {
        let annotations = node.at(&["metadata", "annotations"]);
        for (key, value) in annotations.and_then(Node::as_map).unwrap_or_default() {
            let Some(code) = key.as_str().and_then(|key| key.strip_prefix(EXCEPTION)) else {
                continue;
            };
            let reason = value.scalar_text().unwrap_or_default();
            self.loading.annotations.push(Annotation {
                code: Spanned::new(code.to_owned(), key.origin),
                reason: reason.known().unwrap_or("").to_owned(),
                object: node.origin,
            });
        }
    }

    /// The object's name; without one, where the object is written.
    fn name(node: &Node) -> Spanned<String> {
        let metadata = node.get("metadata");
        let name = metadata.and_then(|metadata| {
            member(metadata, "name").or_else(|| member(metadata, "generateName"))
        });
        name.unwrap_or_else(|| Spanned::new(String::new(), node.origin))
    }

    fn namespace(&mut self, node: &Node, name: &Spanned<String>) -> String {
        if let Some(namespace) = node
            .get("metadata")
            .and_then(|metadata| member(metadata, "namespace"))
        {
            return namespace.value;
        }
        if let Some(namespace) = &self.setting.namespace {
            return namespace.clone();
        }
        if !self.namespace_noted {
            self.namespace_noted = true;
            self.loading.note(
                "no namespace is written; `default` is assumed",
                Some(name.origin),
            );
        }
        "default".to_owned()
    }

    fn class(&mut self, node: &Node) {
        let name = Self::name(node);
        let namespace = self.namespace(node, &name);
        let class = class::read(
            node,
            self.text,
            name,
            namespace,
            self.setting.cluster.clone(),
        );
        self.loading.inventory.classes.push(class);
    }

    fn service_account(&mut self, node: &Node) {
        let name = Self::name(node);
        let namespace = self.namespace(node, &name);
        let irsa = node
            .at(&["metadata", "annotations", ROLE_ANNOTATION])
            .and_then(spelt);
        self.loading
            .inventory
            .service_accounts
            .push(ServiceAccount {
                pod: Pod {
                    cluster: self.setting.cluster.clone(),
                    namespace,
                    service_account: name.value,
                },
                irsa,
                origin: name.origin,
            });
    }

    fn driver(&mut self, node: &Node) {
        if Self::name(node).value != DRIVER {
            return;
        }
        let requests = node.at(&["spec", "tokenRequests"]);
        let items = requests.and_then(Node::as_list).unwrap_or_default();
        let audiences = items
            .iter()
            .filter_map(|item| member(item, "audience"))
            .map(|audience| audience.value);
        let origin = requests.map_or(node.origin, |requests| requests.origin);
        let audiences = Spanned::new(audiences.collect(), origin);
        self.loading
            .audiences
            .push((self.setting.cluster.clone(), audiences));
    }

    fn workload(&mut self, node: &Node, kind: &str) {
        let Some(template) = node.get("spec").and_then(pod_spec) else {
            return;
        };
        let volumes = volume::read(template);
        if volumes.is_empty() {
            return;
        }
        let ours = volumes.iter().filter(|one| one.driver.value == DRIVER);
        let classes = ours.filter_map(|volume| volume.class().cloned()).collect();
        let security = volume::Security::of(template);
        let name = Self::name(node);
        let namespace = self.namespace(node, &name);
        let account =
            member(template, "serviceAccountName").or_else(|| member(template, "serviceAccount"));
        let account = account.filter(|account| !account.value.is_empty());
        self.loading.inventory.workloads.push(Workload {
            cluster: self.setting.cluster.clone(),
            namespace,
            kind: kind.to_owned(),
            name: name.value,
            service_account: account
                .unwrap_or_else(|| Spanned::new("default".to_owned(), first_line(template))),
            classes,
            volumes,
            run_as: security.run_as,
            fs_group: security.fs_group,
            groups: security.groups,
            origin: name.origin,
        });
    }
}

/// The first mapping with `volumes` and `containers`, from the outside in.
fn pod_spec(node: &Node) -> Option<&Node> {
    if node.get("volumes").is_some() && node.get("containers").is_some() {
        return Some(node);
    }
    match &node.value {
        Value::Map(members) => members.iter().find_map(|(_, value)| pod_spec(value)),
        Value::List(items) => items.iter().find_map(pod_spec),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Where a pod template begins: the place of its first key.
fn first_line(template: &Node) -> Origin {
    template
        .as_map()
        .and_then(|members| members.first())
        .map_or(template.origin, |(key, _)| key.origin)
}
