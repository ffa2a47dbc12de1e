//! Kubernetes manifests: objects as resources (docs/guide/inputs.md).
//!
//! Any object may have a pod template; values of `Secret` objects are never looked at.

pub(crate) mod object;

use crate::{
    adapt::{self, Batch, Words},
    format::Format,
    implicit,
    keep::keep,
    kind::Kind,
    language::controllers,
    loaded::Annotation,
    loading::Loading,
    opened::{Opened, Wanted},
    resource::{Exists, Home, Noun, Resource},
    setting::Setting,
};
use object::{called, objects};
use policy_engine::{source::Spanned, syntax::node::Node};

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

/// Takes the facts of objects; `text` is the file that they stand in, or empty.
pub(crate) fn take(loading: &mut Loading, documents: &[Node], text: &str, setting: &Setting) {
    let mut all: Vec<_> = documents.iter().flat_map(objects).collect();
    for object in &all {
        exceptions(loading, object);
        loading.is_substituted |= substitutes(object);
    }
    all.retain(|object| !controllers::keeps(loading, object, setting));
    let resources: Vec<_> = all.into_iter().filter_map(resource).collect();
    let mut batch = Batch::new(loading, setting, &WORDS, text);
    adapt::take(&mut batch, &resources);
}

/// An object that may matter; it is called by its kind.
fn resource(node: &Node) -> Option<Resource<'_>> {
    let kind = node.get("kind").and_then(Node::as_str)?;
    let noun = match kind {
        "SecretProviderClass" => Noun::Class,
        "ServiceAccount" => Noun::ServiceAccount,
        "CSIDriver" => Noun::Driver,
        "Role" | "ClusterRole" => Noun::AccessRole,
        "RoleBinding" | "ClusterRoleBinding" => Noun::AccessBinding,
        "Secret" | "ConfigMap" | "Namespace" => return None,
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

/// Whether Flux fills in variables of the manifests that an object applies.
///
/// Flux documentation, "Kustomization", section "Post build variable substitution".
fn substitutes(node: &Node) -> bool {
    let version = node.get("apiVersion").and_then(Node::as_str);
    version.is_some_and(|version| version.starts_with("kustomize.toolkit.fluxcd.io/"))
        && node.at(&["spec", "postBuild"]).is_some()
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
