//! Objects of Kubernetes: names and kinds, classes, pods as far as volumes go, RBAC, and the resources of controllers of AWS.

use super::{
    attributes,
    part::{self, Part, Parts},
};
use policy_engine::syntax::node::{Node, Value};

const NAMES: Part = Part::Members(&[
    ("name", Part::Text),
    ("namespace", Part::Text),
    ("generateName", Part::Text),
    ("annotations", ANNOTATIONS),
]);

const ANNOTATIONS: Part = Part::Members(&[
    ("eks.amazonaws.com/*", Part::Text),
    ("services.k8s.aws/*", Part::Text),
    ("crossplane.io/external-name", Part::Text),
    ("ascp-policy.dev/*", Part::Text),
]);

const BARE: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    ("type", Part::Text),
]);

const CLASS: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    (
        "spec",
        Part::Members(&[
            ("provider", Part::Text),
            ("parameters", PARAMETERS),
            ("secretObjects", SYNCED),
        ]),
    ),
]);

const CLASS_OF_OTHERS: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    (
        "spec",
        Part::Members(&[("provider", Part::Text), ("secretObjects", SYNCED)]),
    ),
]);

const PARAMETERS: Part = Part::Members(&[
    ("objects", Part::Rule(objects)),
    ("region", Part::Text),
    ("failoverRegion", Part::Text),
    ("pathTranslation", Part::Text),
    ("usePodIdentity", Part::Text),
    ("preferredAddressType", Part::Text),
    ("filePermission", Part::Text),
    ("type", Part::Text),
    ("jmesNonString", Part::Text),
]);

const OBJECTS: Part = Part::Members(&[
    ("objectName", Part::Text),
    ("objectType", Part::Text),
    ("objectAlias", Part::Text),
    ("objectVersion", Part::Text),
    ("objectVersionLabel", Part::Text),
    ("filePermission", Part::Text),
    ("jmesPathAll", Part::Text),
    ("mountObject", Part::Text),
    (
        "jmesPath",
        Part::Members(&[
            ("path", Part::Text),
            ("objectAlias", Part::Text),
            ("filePermission", Part::Text),
            ("allowNonString", Part::Text),
        ]),
    ),
    (
        "failoverObject",
        Part::Members(&[
            ("objectName", Part::Text),
            ("objectVersion", Part::Text),
            ("objectVersionLabel", Part::Text),
        ]),
    ),
]);

const SYNCED: Part = Part::Members(&[
    ("secretName", Part::Text),
    ("type", Part::Text),
    (
        "data",
        Part::Members(&[("objectName", Part::Text), ("key", Part::Text)]),
    ),
]);

const DRIVER: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    (
        "spec",
        Part::Members(&[
            (
                "tokenRequests",
                Part::Members(&[("audience", Part::Text), ("expirationSeconds", Part::Text)]),
            ),
            ("podInfoOnMount", Part::Text),
            ("attachRequired", Part::Text),
            ("requiresRepublish", Part::Text),
            ("volumeLifecycleModes", Part::Text),
        ]),
    ),
]);

const ACCESS: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    (
        "rules",
        Part::Members(&[
            ("apiGroups", Part::Text),
            ("resources", Part::Text),
            ("resourceNames", Part::Text),
            ("nonResourceURLs", Part::Text),
            ("verbs", Part::Text),
        ]),
    ),
    ("roleRef", SUBJECT),
    ("subjects", SUBJECT),
]);

const SUBJECT: Part = Part::Members(&[
    ("apiGroup", Part::Text),
    ("kind", Part::Text),
    ("name", Part::Text),
    ("namespace", Part::Text),
]);

/// A `ClusterConfig` of eksctl.
const CLUSTER: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    (
        "metadata",
        Part::Members(&[
            ("name", Part::Text),
            ("region", Part::Text),
            ("version", Part::Text),
            ("tags", Part::All),
        ]),
    ),
    ("iam", Part::Rule(attributes::walk)),
    ("addons", Part::Rule(attributes::walk)),
]);

/// A resource of ACK or Crossplane.
const RESOURCE: Part = Part::Members(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", NAMES),
    ("spec", Part::Rule(attributes::walk)),
]);

const POD: Part = Part::Members(&[
    ("serviceAccountName", Part::Text),
    ("serviceAccount", Part::Text),
    ("automountServiceAccountToken", Part::Text),
    ("securityContext", USER),
    ("containers", CONTAINER),
    ("initContainers", CONTAINER),
    ("ephemeralContainers", CONTAINER),
    (
        "volumes",
        Part::Members(&[
            ("name", Part::Text),
            (
                "csi",
                Part::Members(&[
                    ("driver", Part::Text),
                    ("readOnly", Part::Text),
                    (
                        "volumeAttributes",
                        Part::Members(&[("secretProviderClass", Part::Text)]),
                    ),
                    (
                        "nodePublishSecretRef",
                        Part::Members(&[("name", Part::Text)]),
                    ),
                ]),
            ),
            ("secret", SECRET),
            (
                "projected",
                Part::Members(&[("sources", Part::Members(&[("secret", SECRET)]))]),
            ),
        ]),
    ),
    ("imagePullSecrets", Part::Members(&[("name", Part::Text)])),
]);

const SECRET: Part = Part::Members(&[
    ("name", Part::Text),
    ("secretName", Part::Text),
    (
        "items",
        Part::Members(&[("key", Part::Text), ("path", Part::Text)]),
    ),
]);

const CONTAINER: Part = Part::Members(&[
    ("name", Part::Text),
    ("securityContext", USER),
    (
        "volumeMounts",
        Part::Members(&[
            ("name", Part::Text),
            ("mountPath", Part::Text),
            ("readOnly", Part::Text),
            ("subPath", Part::Text),
            ("subPathExpr", Part::Text),
        ]),
    ),
    (
        "env",
        Part::Members(&[
            ("name", Part::Text),
            (
                "valueFrom",
                Part::Members(&[(
                    "secretKeyRef",
                    Part::Members(&[("name", Part::Text), ("key", Part::Text)]),
                )]),
            ),
        ]),
    ),
    (
        "envFrom",
        Part::Members(&[("secretRef", Part::Members(&[("name", Part::Text)]))]),
    ),
]);

const USER: Part = Part::Members(&[
    ("runAsUser", Part::Text),
    ("runAsGroup", Part::Text),
    ("runAsNonRoot", Part::Text),
    ("fsGroup", Part::Text),
    ("supplementalGroups", Part::Text),
]);

/// An object, or a list of objects.
pub(super) fn object(node: &Node, parts: &mut Parts) {
    let text = |name: &str| node.get(name).and_then(Node::as_str).unwrap_or("");
    let kind = text("kind");
    let items = node.get("items").and_then(Node::as_list);
    if let (Some(_), Some(members), true) = (items, node.as_map(), kind.ends_with("List")) {
        for (name, value) in members {
            part::key(name, parts);
            match (name.as_str(), value.as_list()) {
                (Some("items"), Some(items)) => items.iter().for_each(|item| object(item, parts)),
                (Some("apiVersion" | "kind"), _) => part::walk(value, &Part::Text, parts),
                _ => part::unknown(value, parts),
            }
        }
        return;
    }
    let group = text("apiVersion").split('/').next().unwrap_or("");
    let is_of_aws = group.ends_with("services.k8s.aws") || group.contains("aws.");
    match kind {
        "SecretProviderClass" => {
            let provider = node.at(&["spec", "provider"]).and_then(Node::as_str);
            let is_ours = provider.is_none_or(|provider| provider.eq_ignore_ascii_case("aws"));
            let part = if is_ours { &CLASS } else { &CLASS_OF_OTHERS };
            part::walk(node, part, parts);
        }
        "CSIDriver" => part::walk(node, &DRIVER, parts),
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" if !is_of_aws => {
            part::walk(node, &ACCESS, parts);
        }
        "ClusterConfig" if group == "eksctl.io" => part::walk(node, &CLUSTER, parts),
        "Secret" | "ConfigMap" | "ServiceAccount" | "Namespace" if !is_of_aws => {
            part::walk(node, &BARE, parts);
        }
        _ if is_of_aws => part::walk(node, &RESOURCE, parts),
        _ => workload(node, parts),
    }
}

/// An object that may have a template of pods anywhere.
fn workload(node: &Node, parts: &mut Parts) {
    let Some(members) = node.as_map() else {
        return part::unknown(node, parts);
    };
    for (name, value) in members {
        part::key(name, parts);
        match name.as_str().and_then(|name| BARE.member(name)) {
            Some(part) => part::walk(value, part, parts),
            None => templates(value, parts),
        }
    }
}

fn templates(node: &Node, parts: &mut Parts) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| templates(item, parts)),
        Value::Map(_)
            if node
                .get("containers")
                .is_some_and(|containers| containers.as_list().is_some()) =>
        {
            part::walk(node, &POD, parts);
        }
        Value::Map(members) => {
            for (name, value) in members {
                part::key(name, parts);
                match name.as_str() {
                    // Settings of a chart may look like anything.
                    Some("values" | "valuesObject" | "valuesContent") => {
                        part::unknown(value, parts);
                    }
                    Some("metadata") => part::walk(value, &NAMES, parts),
                    _ => templates(value, parts),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            part::unknown(node, parts);
        }
    }
}

/// The objects of a class, which are YAML within a text.
fn objects(node: &Node, parts: &mut Parts) {
    let Value::String(scalar) = &node.value else {
        return part::unknown(node, parts);
    };
    let written = scalar.text.known().unwrap_or("");
    match yaml::parse_embedded(node.origin.source, written, &scalar.offsets) {
        Ok(documents) if !documents.is_empty() => {
            for document in &documents {
                part::walk(document, &OBJECTS, parts);
            }
        }
        _ => parts.hide(node.origin.span),
    }
}
