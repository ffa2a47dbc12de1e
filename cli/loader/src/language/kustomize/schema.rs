//! The merge keys of lists in objects of Kubernetes.
//!
//! Kubernetes API reference, `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys`; lists without one are replaced, and so are all
//! lists of kinds that a cluster does not have by itself.

use super::object::Gvk;
use policy_engine::syntax::node::Node;

/// What is known of a part of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schema {
    part: Part,
    keys: &'static [&'static str],
}

/// The parts of objects that hold lists with merge keys, or lead to one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Other,
    Workload,
    WorkloadSpec,
    PodTemplate,
    Template,
    Pod,
    CronJob,
    CronJobSpec,
    JobTemplate,
    PodSpec,
    Container,
    Metadata,
    Service,
    ServiceSpec,
    ServiceAccount,
    Webhooks,
    Plain,
}

/// Groups of the kinds that every cluster has.
const GROUPS: [&str; 16] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

/// A part, its member, what the member is, and the merge keys where the member is a list; a key without a name is the element itself.
const MEMBERS: [(Part, &str, Part, &[&str]); 26] = [
    (Part::Workload, "spec", Part::WorkloadSpec, &[]),
    (Part::WorkloadSpec, "template", Part::Template, &[]),
    (Part::PodTemplate, "template", Part::Template, &[]),
    (Part::Template, "spec", Part::PodSpec, &[]),
    (Part::Pod, "spec", Part::PodSpec, &[]),
    (Part::CronJob, "spec", Part::CronJobSpec, &[]),
    (Part::CronJobSpec, "jobTemplate", Part::JobTemplate, &[]),
    (Part::JobTemplate, "spec", Part::WorkloadSpec, &[]),
    (Part::PodSpec, "containers", Part::Container, &["name"]),
    (Part::PodSpec, "initContainers", Part::Container, &["name"]),
    (
        Part::PodSpec,
        "ephemeralContainers",
        Part::Container,
        &["name"],
    ),
    (Part::PodSpec, "volumes", Part::Other, &["name"]),
    (Part::PodSpec, "imagePullSecrets", Part::Other, &["name"]),
    (Part::PodSpec, "hostAliases", Part::Other, &["ip"]),
    (
        Part::PodSpec,
        "topologySpreadConstraints",
        Part::Other,
        &["topologyKey", "whenUnsatisfiable"],
    ),
    (Part::Container, "env", Part::Other, &["name"]),
    (
        Part::Container,
        "ports",
        Part::Other,
        &["containerPort", "protocol"],
    ),
    (Part::Container, "volumeMounts", Part::Other, &["mountPath"]),
    (
        Part::Container,
        "volumeDevices",
        Part::Other,
        &["devicePath"],
    ),
    (Part::Metadata, "ownerReferences", Part::Other, &["uid"]),
    (Part::Metadata, "finalizers", Part::Other, &[""]),
    (Part::Service, "spec", Part::ServiceSpec, &[]),
    (
        Part::ServiceSpec,
        "ports",
        Part::Other,
        &["port", "protocol"],
    ),
    (Part::ServiceAccount, "secrets", Part::Other, &["name"]),
    (
        Part::ServiceAccount,
        "imagePullSecrets",
        Part::Other,
        &["name"],
    ),
    (Part::Webhooks, "webhooks", Part::Other, &["name"]),
];

impl Schema {
    /// What is known of an object.
    pub(super) fn of(object: &Node) -> Self {
        let gvk = Gvk::of(object);
        if !GROUPS.contains(&gvk.group.as_str()) {
            return Self::part(Part::Other);
        }
        Self::part(match gvk.kind.as_str() {
            "Pod" => Part::Pod,
            "PodTemplate" => Part::PodTemplate,
            "CronJob" => Part::CronJob,
            "Deployment"
            | "StatefulSet"
            | "DaemonSet"
            | "ReplicaSet"
            | "ReplicationController"
            | "Job" => Part::Workload,
            "Service" => Part::Service,
            "ServiceAccount" => Part::ServiceAccount,
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => Part::Webhooks,
            _ => Part::Plain,
        })
    }

    fn part(part: Part) -> Self {
        Self { part, keys: &[] }
    }

    /// What is known of a member.
    pub(super) fn field(self, name: &str) -> Self {
        let is_object = !matches!(
            self.part,
            Part::Other
                | Part::WorkloadSpec
                | Part::CronJobSpec
                | Part::PodSpec
                | Part::Container
                | Part::Metadata
                | Part::ServiceSpec
        );
        let mut members = MEMBERS.iter();
        let member = members.find(|(part, member, _, _)| *part == self.part && *member == name);
        match member {
            Some((_, _, part, keys)) => Self { part: *part, keys },
            None if is_object && name == "metadata" => Self::part(Part::Metadata),
            None => Self::part(Part::Other),
        }
    }

    /// The merge keys of a list; none where it is replaced.
    pub(super) fn keys(self) -> &'static [&'static str] {
        self.keys
    }

    /// What is known of the elements of a list.
    pub(super) fn element(self) -> Self {
        Self::part(self.part)
    }
}
