//! POD203 `association-service-account-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::inventory::{Association, Pod, Workload};
use std::collections::HashSet;

rule! {
    /// Flags an association for a service account that does not exist. The rule requires that all service accounts are known.
    ///
    /// # Why it matters
    ///
    /// EKS does not check the namespace and service account of an association: it accepts a wrong name, and no pod uses the
    /// association. The pods that should use it get no credentials.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "serviceAccount": "app",
    /// +    "serviceAccount": "gone",
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///          serviceAccounts:
    /// +          dev/app: { association: pod-reader }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of the service account exactly as in Kubernetes:
    ///
    /// ```jsonc
    /// "serviceAccount": "app",
    /// ```
    ///
    /// ```yaml
    /// serviceAccounts:
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "app" {
    ///   cluster_name    = "prod"
    ///   namespace       = "dev"
    ///   service_account = kubernetes_service_account.app.metadata[0].name
    ///   role_arn        = aws_iam_role.pod_reader.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "POD203" "association-service-account-unknown", High Break High,
    needs: [Associations], aws: [], fix: None, Check::World(check);
}

/// The service accounts of EKS add-ons that call AWS, by their default namespaces, as of 21 August 2026.
const ADD_ONS: [(&str, &str); 12] = [
    ("kube-system", "aws-node"),
    ("kube-system", "ebs-csi-controller-sa"),
    ("kube-system", "efs-csi-controller-sa"),
    ("kube-system", "fsx-csi-controller-sa"),
    ("kube-system", "s3-csi-driver-sa"),
    ("amazon-cloudwatch", "cloudwatch-agent"),
    (
        "amazon-network-flow-monitor",
        "aws-network-flow-monitor-agent-service-account",
    ),
    ("external-dns", "external-dns"),
    ("cert-manager", "cert-manager"),
    ("opentelemetry-operator-system", "adot-col-prom-metrics"),
    ("opentelemetry-operator-system", "adot-col-otlp-ingest"),
    ("opentelemetry-operator-system", "adot-col-container-logs"),
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    let accounts = inventory.service_accounts.iter();
    let accounts = accounts.map(|account| account.pod.clone());
    let workloads = inventory.workloads.iter().map(Workload::pod);
    let mounts = inventory.mounts.iter().map(|mount| mount.pod.clone());
    let known: HashSet<Pod> = accounts.chain(workloads).chain(mounts).collect();
    let names = inventory.workloads.iter();
    let names: HashSet<&str> = names
        .map(|own| own.service_account.value.as_str())
        .collect();
    for association in &inventory.associations {
        let pod = association.pod();
        let account = inventory
            .cluster(&pod.cluster)
            .map_or("", |cluster| cluster.account.as_str());
        let name = format!("{}/{}", pod.namespace, pod.service_account);
        if known.contains(&pod)
            || !pod.is_known()
            || is_of_add_on(association)
            || !inventory.is_absent("serviceAccounts", account, &name)
        {
            continue;
        }
        let display = inventory.pod_name(&pod);
        // A namespace that differs is what the cause of a mount points at, too: SPC122.
        let elsewhere = names.contains(pod.service_account.as_str());
        let place = if elsewhere {
            association.namespace.origin
        } else {
            association.service_account.origin
        };
        let draft = Draft::new(
            &*display,
            place,
            "no such service account",
            format!("the association is for {display}, which does not exist"),
        )
        .help("set the association to an existing service account, or remove the association");
        findings.add(draft);
    }
}

/// Whether EKS creates the service account, with an add-on: Amazon EKS User Guide, "AWS add-ons" and "IAM roles for Amazon EKS add-ons".
fn is_of_add_on(association: &Association) -> bool {
    let account = (
        association.namespace.value.as_str(),
        association.service_account.value.as_str(),
    );
    ADD_ONS.contains(&account)
}
