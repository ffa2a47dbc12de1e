//! Kubernetes manifests: objects as resources (docs/guide/inputs.md).
//!
//! Any object may have a pod template; values of `Secret` objects are never read.

pub(crate) mod object;
pub(crate) mod variable;

use crate::{
    adapt::{self, Batch, Words},
    deployed,
    format::Format,
    implicit,
    keep::keep,
    kind::Kind,
    language::controllers,
    loaded::{Annotation, Unread},
    loading::Loading,
    opened::{Opened, Wanted},
    pending::Controlled,
    resource::{Exists, Home, Noun, Resource},
    setting::Setting,
    unclaimed, unread,
    words::has_words,
};
use object::{called, objects};
use policy_engine::{
    source::Spanned,
    syntax::node::{Node, Value},
};
use variable::Variables;

/// How annotations begin that except an object from a rule; the code follows.
const EXCEPTION: &str = "ascp-policy.dev/ignore.";

const WORDS: Words = Words {
    before: "the object is made",
    remedy: "",
    describes: "which nothing describes",
};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::KUBERNETES,
    plural: "Kubernetes manifests",
    is: |node| node.get("apiVersion").is_some() && node.get("kind").is_some(),
    read: Some(read),
};

/// Takes the facts of a file of manifests.
fn read(loading: &mut Loading, opened: &Opened, _: &Wanted, setting: &Setting) {
    let words = implicit::manifests(&opened.documents);
    loading.sightings.extend(words);
    keep(loading, opened);
    loading.read_file(&opened.name, Kind::KUBERNETES);
    take(loading, &opened.documents, &opened.text, setting);
}

/// Takes the facts of objects; `text` is their file, or empty.
pub(crate) fn take(loading: &mut Loading, documents: &[Node], text: &str, setting: &Setting) {
    let mut all: Vec<_> = documents.iter().flat_map(objects).collect();
    for object in &all {
        exceptions(loading, object);
        deployed::note(loading, object);
        loading.substitutions.extend(build_of(object).cloned());
    }
    all.retain(|object| !waits(loading, object, setting));
    all.retain(|object| !controllers::keeps(loading, object, setting));
    all.retain(|object| !is_foreign(loading, object));
    let resources: Vec<_> = all.iter().filter_map(|object| resource(object)).collect();
    let mut batch = Batch::new(loading, setting, &WORDS, text);
    adapt::take(&mut batch, &resources);
    for object in &all {
        name_unclaimed(loading, object, setting);
    }
}

/// The group of Kubernetes' own objects has no name.
const CORE: &str = "v1";
const RBAC: &str = "rbac.authorization.k8s.io/";
/// Secrets Store CSI Driver, `config/crd/bases`: the versions of the resource.
const CLASSES: [&str; 2] = [
    "secrets-store.csi.x-k8s.io/v1",
    "secrets-store.csi.x-k8s.io/v1alpha1",
];

/// Whether an object is of a group, given with its slash, or of a version; what is unknown may be of any.
fn is_of(node: &Node, group: &str) -> bool {
    let version = node.get("apiVersion").and_then(Node::as_str);
    version.is_none_or(|version| {
        version == group || (group.ends_with('/') && version.starts_with(group))
    })
}

/// Whether an object is no object of the cluster that it looks like; such objects are named.
fn is_foreign(loading: &mut Loading, node: &Node) -> bool {
    let kind = node.get("kind").and_then(Node::as_str);
    let is_class = kind == Some("SecretProviderClass");
    let version = node.get("apiVersion").and_then(Node::as_str).unwrap_or("");
    let group = version.split('/').next().unwrap_or("");
    let is_release = matches!(
        kind,
        Some("HelmRelease" | "HelmChart" | "Application" | "ApplicationSet")
    );
    let unread = if is_release && has_words(node) {
        unread::release()
    } else if is_class && !version.is_empty() && !CLASSES.contains(&version) {
        Unread {
            what: "SecretProviderClass of another API version",
            how: "write `apiVersion: secrets-store.csi.x-k8s.io/v1`".to_owned(),
        }
    } else if group.ends_with(controllers::COMMUNITY) {
        Unread {
            what: "object of Crossplane's community provider",
            how: "objects of `aws.upbound.io` are read".to_owned(),
        }
    } else {
        return false;
    };
    let file = loading.sources.name(node.origin.source).to_owned();
    loading.unread_file(&format!("{file} ({})", called(node)), unread);
    true
}

/// An object that may matter; it is called by its kind.
fn resource(node: &Node) -> Option<Resource<'_>> {
    let kind = node.get("kind").and_then(Node::as_str)?;
    let noun = match kind {
        "SecretProviderClass" => Noun::Class,
        "ServiceAccount" if is_of(node, CORE) => Noun::ServiceAccount,
        "CSIDriver" if is_of(node, "storage.k8s.io/") => Noun::Driver,
        "Role" | "ClusterRole" if is_of(node, RBAC) => Noun::AccessRole,
        "RoleBinding" | "ClusterRoleBinding" if is_of(node, RBAC) => Noun::AccessBinding,
        "Secret" if is_of(node, CORE) => Noun::KubernetesSecret,
        "ConfigMap" | "Namespace" => return None,
        _ => Noun::Workload,
    };
    Some(Resource {
        noun,
        address: kind.to_owned(),
        declared: None,
        name: Spanned::new(called(node), node.origin),
        arn: None,
        home: Home::default(),
        exists: Exists::Yes,
        attributes: Box::new(node),
        whole: true,
        origin: node.origin,
    })
}

/// Takes the manifests with variables, when all files are read.
pub(crate) fn settle(loading: &mut Loading) {
    let waiting = std::mem::take(&mut loading.substituted);
    let is_filled = !loading.substitutions.is_empty();
    let variables = Variables::of(&loading.substitutions);
    for Controlled { node, setting } in waiting {
        // BND101 reports what nothing fills in the annotation of a role.
        let is_account = node.get("kind").and_then(Node::as_str) == Some("ServiceAccount");
        let mut filled = variables.fill(&node);
        if is_account && !is_filled {
            restore_annotations(&mut filled, &node);
        }
        if !controllers::keeps(loading, &filled, &setting) && !is_foreign(loading, &filled) {
            let resources: Vec<_> = resource(&filled).into_iter().collect();
            let mut batch = Batch::new(loading, &setting, &WORDS, "");
            adapt::take(&mut batch, &resources);
            name_unclaimed(loading, &filled, &setting);
        }
    }
}

/// Names an object with facts of this job that no reader takes; pods with any mount may be among them.
fn name_unclaimed(loading: &mut Loading, object: &Node, setting: &Setting) {
    let noun = resource(object).map(|resource| resource.noun);
    let is_definition =
        object.get("kind").and_then(Node::as_str) == Some("CustomResourceDefinition");
    if is_definition || !matches!(noun, None | Some(Noun::Workload)) {
        return;
    }
    let Some(fact) = unclaimed::of_object(object) else {
        return;
    };
    let file = loading.sources.name(object.origin.source);
    loading.unread_file(&format!("{file} ({})", called(object)), fact.object());
    let namespace = object.at(&["metadata", "namespace"]).and_then(Node::as_str);
    let place = (
        setting.cluster.clone(),
        namespace.unwrap_or("default").to_owned(),
    );
    loading.synced.open.push(Spanned::new(place, object.origin));
}

/// Puts the annotations of an object back as they are written.
fn restore_annotations(filled: &mut Node, written: &Node) {
    let written = written.at(&["metadata", "annotations"]);
    let metadata = member_mut(filled, "metadata");
    let filled = metadata.and_then(|metadata| member_mut(metadata, "annotations"));
    if let (Some(filled), Some(written)) = (filled, written) {
        filled.clone_from(written);
    }
}

fn member_mut<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let Value::Map(members) = &mut node.value else {
        return None;
    };
    let mut members = members.iter_mut();
    let member = members.find(|(key, _)| key.as_str() == Some(name));
    member.map(|(_, value)| value)
}

/// Keeps an object with variables until all files are read; those of Flux itself are read as they are.
fn waits(loading: &mut Loading, node: &Node, setting: &Setting) -> bool {
    let kind = node.get("kind").and_then(Node::as_str);
    let is_data = matches!(kind, Some("Secret" | "ConfigMap")) && is_of(node, CORE);
    if is_data || build_of(node).is_some() || !variable::has_any(node) {
        return false;
    }
    loading.substituted.push(Controlled {
        node: node.clone(),
        setting: setting.clone(),
    });
    true
}

/// What a Kustomization of Flux states of the variables of the manifests that it applies.
///
/// Flux documentation, "Kustomization", section "Post build variable substitution".
fn build_of(node: &Node) -> Option<&Node> {
    let version = node.get("apiVersion").and_then(Node::as_str);
    version.filter(|version| version.starts_with("kustomize.toolkit.fluxcd.io/"))?;
    node.at(&["spec", "postBuild"])
}

/// Annotations that except the object from a rule.
fn exceptions(loading: &mut Loading, node: &Node) {
    let annotations = node.at(&["metadata", "annotations"]);
    for (key, value) in annotations.and_then(Node::as_map).unwrap_or_default() {
        let Some(code) = key.as_str().and_then(|key| key.strip_prefix(EXCEPTION)) else {
            continue;
        };
        let reason = value.scalar_text().unwrap_or_default();
        loading.annotations.push(Annotation {
            code: Spanned::new(code.to_owned(), key.origin),
            reason: reason.known().unwrap_or("").to_owned(),
            object: node.origin,
        });
    }
}
