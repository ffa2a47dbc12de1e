//! Words of manifests that hold facts of this job.

use policy_engine::syntax::node::{Node, Value};

/// Words of manifests that hold facts of this job.
const MANIFESTS: [&str; 6] = [
    "SecretProviderClass",
    "secrets-store.csi",
    "eks.amazonaws.com/role-arn",
    ".services.k8s.aws",
    ".aws.upbound.io",
    "aws.crossplane.io",
];

/// Whether an object holds facts of a mount; a class without objects does not.
pub(crate) fn has_facts(object: &Node) -> bool {
    if object.get("kind").and_then(Node::as_str) != Some("SecretProviderClass") {
        return has_words(object);
    }
    let objects = object.at(&["spec", "parameters", "objects"]);
    objects.is_some()
}

/// Whether a text of a tree holds a word; quoted texts are compared as they read.
pub(crate) fn has_words(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(has_words),
        Value::Map(members) => members
            .iter()
            .any(|(key, value)| has_words(key) || has_words(value)),
        Value::String(scalar) => {
            let text = scalar.text.literal();
            MANIFESTS.iter().any(|word| text.contains(word))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
