//! The fields that kustomize changes by default, and those that a file of `configurations` adds.
//!
//! kubernetes-sigs/kustomize, `api/internal/konfig/builtinpluginconsts`.

use super::{field::Field, object::Gvk, tree};
use policy_engine::syntax::node::Node;

/// Group, version and kind.
type Kind = (&'static str, &'static str, &'static str);

/// The fields that each transformer changes.
pub(super) struct Fields {
    pub(super) namespace: Vec<Field>,
    pub(super) labels: Vec<Field>,
    pub(super) templates: Vec<Field>,
    pub(super) annotations: Vec<Field>,
    pub(super) references: Vec<Reference>,
    /// Fields in which `$(NAME)` is a variable.
    pub(super) variables: Vec<Field>,
}

/// A field of a kind that holds the name of an object of another kind.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The kind that is named.
    pub(super) target: Gvk,
    pub(super) field: Field,
}

const DEPLOYMENT: Kind = ("", "", "Deployment");
const APPS_DEPLOYMENT: Kind = ("apps", "", "Deployment");
const REPLICA_SET: Kind = ("", "", "ReplicaSet");
const DAEMON_SET: Kind = ("", "", "DaemonSet");
const STATEFUL_SET: Kind = ("", "", "StatefulSet");
const APPS_STATEFUL_SET: Kind = ("apps", "", "StatefulSet");
const CONTROLLER: Kind = ("", "v1", "ReplicationController");
const JOB: Kind = ("batch", "", "Job");
const CRON_JOB: Kind = ("batch", "", "CronJob");
const NETWORK_POLICY: Kind = ("networking.k8s.io", "", "NetworkPolicy");

/// The labels and annotations of pod templates, with the path before `labels` or `annotations`.
const TEMPLATES: [(Kind, &str); 8] = [
    (CONTROLLER, "spec/template/metadata"),
    (DEPLOYMENT, "spec/template/metadata"),
    (REPLICA_SET, "spec/template/metadata"),
    (DAEMON_SET, "spec/template/metadata"),
    (STATEFUL_SET, "spec/template/metadata"),
    (JOB, "spec/template/metadata"),
    (CRON_JOB, "spec/jobTemplate/metadata"),
    (CRON_JOB, "spec/jobTemplate/spec/template/metadata"),
];

/// Selectors of labels that are made where they are not there.
const SELECTORS: [(Kind, &str); 6] = [
    (("", "v1", "Service"), "spec/selector"),
    (CONTROLLER, "spec/selector"),
    (DEPLOYMENT, "spec/selector/matchLabels"),
    (REPLICA_SET, "spec/selector/matchLabels"),
    (DAEMON_SET, "spec/selector/matchLabels"),
    (APPS_STATEFUL_SET, "spec/selector/matchLabels"),
];

/// Selectors of labels that change where they are there.
const OTHER_SELECTORS: [(Kind, &str); 6] = [
    (JOB, "spec/selector/matchLabels"),
    (CRON_JOB, "spec/jobTemplate/spec/selector/matchLabels"),
    (
        ("policy", "", "PodDisruptionBudget"),
        "spec/selector/matchLabels",
    ),
    (NETWORK_POLICY, "spec/podSelector/matchLabels"),
    (NETWORK_POLICY, "spec/ingress/from/podSelector/matchLabels"),
    (NETWORK_POLICY, "spec/egress/to/podSelector/matchLabels"),
];

/// Selectors in the pod templates of Deployments and StatefulSets.
const SPREADING: [&str; 5] = [
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

/// Where kinds have their pods.
const PODS: [(&str, &str, &str); 8] = [
    ("v1", "Pod", "spec"),
    ("", "PodTemplate", "template/spec"),
    ("", "Deployment", "spec/template/spec"),
    ("", "ReplicaSet", "spec/template/spec"),
    ("", "DaemonSet", "spec/template/spec"),
    ("", "StatefulSet", "spec/template/spec"),
    ("", "Job", "spec/template/spec"),
    ("", "CronJob", "spec/jobTemplate/spec/template/spec"),
];

const CONFIG_MAPS: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const SECRETS: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

const CONFIG_MAP: Kind = ("", "v1", "ConfigMap");
const SECRET: Kind = ("", "v1", "Secret");
const SERVICE: Kind = ("", "v1", "Service");
const SERVICE_ACCOUNT: Kind = ("", "v1", "ServiceAccount");
const ROLE: Kind = ("rbac.authorization.k8s.io", "", "Role");
const CLUSTER_ROLE: Kind = ("rbac.authorization.k8s.io", "", "ClusterRole");
const ROLE_BINDING: Kind = ("rbac.authorization.k8s.io", "", "RoleBinding");
const CLUSTER_ROLE_BINDING: Kind = ("rbac.authorization.k8s.io", "", "ClusterRoleBinding");
const INGRESS: Kind = ("", "", "Ingress");

/// The kind that is named, the kind that names it, and the field that holds the name.
const NAMES: [(Kind, Kind, &str); 24] = [
    (
        DEPLOYMENT,
        ("", "", "HorizontalPodAutoscaler"),
        "spec/scaleTargetRef/name",
    ),
    (
        REPLICA_SET,
        ("", "", "HorizontalPodAutoscaler"),
        "spec/scaleTargetRef/name",
    ),
    (
        STATEFUL_SET,
        ("", "", "HorizontalPodAutoscaler"),
        "spec/scaleTargetRef/name",
    ),
    (CONFIG_MAP, ("", "", "Role"), "rules/resourceNames"),
    (CONFIG_MAP, ("", "", "ClusterRole"), "rules/resourceNames"),
    (SECRET, ("", "", "Role"), "rules/resourceNames"),
    (SECRET, ("", "", "ClusterRole"), "rules/resourceNames"),
    (SECRET, ("", "", "ServiceAccount"), "imagePullSecrets/name"),
    (SECRET, INGRESS, "spec/tls/secretName"),
    (SERVICE, APPS_STATEFUL_SET, "spec/serviceName"),
    (
        SERVICE,
        INGRESS,
        "spec/rules/http/paths/backend/serviceName",
    ),
    (SERVICE, INGRESS, "spec/backend/serviceName"),
    (
        SERVICE,
        INGRESS,
        "spec/rules/http/paths/backend/service/name",
    ),
    (SERVICE, INGRESS, "spec/defaultBackend/service/name"),
    (ROLE, ROLE_BINDING, "roleRef/name"),
    (CLUSTER_ROLE, ROLE_BINDING, "roleRef/name"),
    (CLUSTER_ROLE, CLUSTER_ROLE_BINDING, "roleRef/name"),
    (SERVICE_ACCOUNT, ROLE_BINDING, "subjects"),
    (SERVICE_ACCOUNT, CLUSTER_ROLE_BINDING, "subjects"),
    (SERVICE_ACCOUNT, ("", "", "Pod"), "spec/serviceAccountName"),
    (
        ("", "v1", "PersistentVolume"),
        ("", "", "PersistentVolumeClaim"),
        "spec/volumeName",
    ),
    (
        ("storage.k8s.io", "v1", "StorageClass"),
        ("", "", "PersistentVolumeClaim"),
        "spec/storageClassName",
    ),
    (
        ("storage.k8s.io", "v1", "StorageClass"),
        ("", "", "PersistentVolume"),
        "spec/storageClassName",
    ),
    (
        ("storage.k8s.io", "v1", "StorageClass"),
        STATEFUL_SET,
        "spec/volumeClaimTemplates/spec/storageClassName",
    ),
];

/// What pods of most kinds name.
const POD_NAMES: [(Kind, &str); 3] = [
    (SERVICE_ACCOUNT, "serviceAccountName"),
    (
        ("", "v1", "PersistentVolumeClaim"),
        "volumes/persistentVolumeClaim/claimName",
    ),
    (
        ("scheduling.k8s.io", "v1", "PriorityClass"),
        "priorityClassName",
    ),
];

/// The kinds whose pods' names in [`POD_NAMES`] are followed.
const POD_NAMERS: [(&str, &str); 6] = [
    ("StatefulSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicationController", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
];

/// Fields of containers in which `$(NAME)` is a variable.
const VARIABLES: [&str; 4] = ["args", "command", "env/value", "volumeMounts/mountPath"];

impl Fields {
    pub(super) fn new() -> Self {
        let any = ("", "", "");
        let labels = Field::new(any, "metadata/labels", true);
        let mut templates = vec![labels];
        let mut annotations = vec![Field::new(any, "metadata/annotations", true)];
        for (kind, path) in TEMPLATES {
            // The labels of StatefulSets are those of `apps` alone.
            let labelled = if kind == STATEFUL_SET {
                APPS_STATEFUL_SET
            } else {
                kind
            };
            templates.push(Field::new(labelled, &format!("{path}/labels"), true));
            annotations.push(Field::new(kind, &format!("{path}/annotations"), true));
        }
        let claims = "spec/volumeClaimTemplates[]/metadata/labels";
        templates.push(Field::new(APPS_STATEFUL_SET, claims, true));
        let mut labels = templates.clone();
        labels.extend(SELECTORS.map(|(kind, path)| Field::new(kind, path, true)));
        labels.extend(OTHER_SELECTORS.map(|(kind, path)| Field::new(kind, path, false)));
        for kind in [APPS_DEPLOYMENT, APPS_STATEFUL_SET] {
            let paths = SPREADING.map(|path| format!("spec/template/spec/{path}"));
            labels.extend(paths.map(|path| Field::new(kind, &path, false)));
        }
        Self {
            namespace: vec![
                Field::new(("", "v1", "Namespace"), "metadata/name", true),
                Field::new(
                    ("apiregistration.k8s.io", "", "APIService"),
                    "spec/service/namespace",
                    true,
                ),
                Field::new(
                    ("apiextensions.k8s.io", "", "CustomResourceDefinition"),
                    "spec/conversion/webhook/clientConfig/service/namespace",
                    false,
                ),
            ],
            labels,
            templates,
            annotations,
            references: references(),
            variables: variables(),
        }
    }

    /// Adds what a file of `configurations` states.
    pub(super) fn add(&mut self, configuration: &Node) {
        let fields = |name: &str| {
            let written = tree::items(configuration.get(name)).iter();
            written.filter_map(Field::written).collect::<Vec<_>>()
        };
        self.namespace.extend(fields("namespace"));
        self.labels.extend(fields("commonLabels"));
        self.annotations.extend(fields("commonAnnotations"));
        self.variables.extend(fields("varReference"));
        for written in tree::items(configuration.get("nameReference")) {
            let target = Gvk::written(written);
            let fields = tree::items(written.get("fieldSpecs")).iter();
            let new = fields.filter_map(Field::written).map(|field| Reference {
                target: target.clone(),
                field,
            });
            self.references.extend(new);
        }
    }
}

fn variables() -> Vec<Field> {
    let mut all = Vec::new();
    for (_, kind, pod) in PODS {
        for containers in ["containers", "initContainers"] {
            let paths = VARIABLES.map(|path| format!("{pod}/{containers}/{path}"));
            all.extend(paths.map(|path| Field::new(("", "", kind), &path, false)));
        }
    }
    all
}

fn references() -> Vec<Reference> {
    let reference =
        |target: Kind, (group, version, kind): (&str, &str, &str), path: &str| Reference {
            target: Gvk::new(target.0, target.1, target.2),
            field: Field::new((group, version, kind), path, false),
        };
    let mut all = Vec::new();
    for (version, kind, pod) in PODS {
        for path in CONFIG_MAPS {
            all.push(reference(
                CONFIG_MAP,
                ("", version, kind),
                &format!("{pod}/{path}"),
            ));
        }
        for path in SECRETS {
            all.push(reference(
                SECRET,
                ("", version, kind),
                &format!("{pod}/{path}"),
            ));
        }
    }
    for (target, from, path) in NAMES {
        all.push(reference(target, from, path));
    }
    for (target, path) in POD_NAMES {
        for (kind, pod) in POD_NAMERS {
            all.push(reference(target, ("", "", kind), &format!("{pod}/{path}")));
        }
        if target != SERVICE_ACCOUNT {
            all.push(reference(target, ("", "", "Pod"), &format!("spec/{path}")));
        }
    }
    all
}
