//! Objects of Kubernetes that a template makes, and facts of this job in resources of other types.

use super::{evaluate::Evaluator, resources::is_read, template::members};
use crate::{
    language::kubernetes,
    loading::Loading,
    pending::Template,
    setting::Setting,
    unclaimed::{self, Fact},
    value::{embedded_yaml, has_hole},
};
use policy_engine::syntax::node::{Node, Value};

/// The type with which CDK makes objects of a cluster.
///
/// aws/aws-cdk, `aws-eks/lib/k8s-manifest.ts`: `Manifest` is a list as JSON, `ClusterName` the cluster.
const MANIFEST: &str = "Custom::AWSCDK-EKS-KubernetesResource";

/// Takes the objects, and names what is not read.
pub(super) fn take(loading: &mut Loading, evaluator: &Evaluator<'_>, template: &Template) {
    for (id, node) in members(&template.root, "Resources") {
        let kind = node.get("Type").and_then(Node::as_str).unwrap_or("");
        let Some(properties) = node.get("Properties").filter(|_| !is_read(kind)) else {
            continue;
        };
        let is_certain = node.get("Condition").is_none() && template.open.is_none();
        let objects = objects(evaluator, node).filter(|_| kind == MANIFEST && is_certain);
        if let Some(objects) = objects {
            kubernetes::take(loading, &objects, "", &setting(evaluator, node));
            continue;
        }
        // As it is written: what nobody reads must not spend what a template may evaluate.
        let fact = unclaimed::anywhere(properties);
        // Policies of other principals: those of functions, users and groups.
        let fact = fact.filter(|fact| *fact != Fact::Statement);
        let fact = fact.or_else(|| (kind == MANIFEST).then_some(Fact::Manifest));
        if let Some(fact) = fact {
            loading.unread_file(&format!("{} ({id})", template.name), fact.object());
        }
    }
}

/// The objects of a manifest; nothing where it is not known what they are.
fn objects(evaluator: &Evaluator<'_>, node: &Node) -> Option<Vec<Node>> {
    let manifest = evaluator.property(node, "Manifest")?;
    let documents = embedded_yaml(&manifest)?;
    let mut objects = Vec::new();
    for document in documents {
        match document.value {
            Value::List(items) => objects.extend(items),
            _ => objects.push(document),
        }
    }
    let is_whole = |object: &Node| {
        let has = |name: &str| object.get(name).is_some_and(|part| !has_hole(part));
        has("apiVersion") && has("kind")
    };
    objects.iter().all(is_whole).then_some(objects)
}

/// The cluster of the objects, where it is known.
fn setting(evaluator: &Evaluator<'_>, node: &Node) -> Setting {
    let cluster = evaluator.property(node, "ClusterName");
    let cluster = cluster.and_then(|cluster| cluster.as_str().map(str::to_owned));
    Setting {
        cluster: cluster.unwrap_or_default(),
        ..Setting::default()
    }
}
