//! SPC121 `pod-without-identity`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a workload that mounts objects, if its service account has neither a Pod Identity association nor an IRSA
    /// annotation.
    ///
    /// # Why it matters
    ///
    /// The provider calls AWS only with the identity of the pod, never with the role of the node. Without an identity the
    /// mount fails, and the pod does not start.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            dev/chained:
    /// -            association: { role: hop, targetRole: vault:reader }
    /// ```
    ///
    /// # Accepted
    ///
    /// Create an association for the service account:
    ///
    /// ```yaml
    /// dev/chained:
    ///   association: { role: hop, targetRole: vault:reader }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "chained" {
    ///   cluster_name    = "prod"
    ///   namespace       = "dev"
    ///   service_account = "chained"
    ///   role_arn        = aws_iam_role.hop.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC121" "pod-without-identity", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    match refusal {
        Refusal::Fault(Fault::NoAssociation) => Some(no_association(case)),
        Refusal::Fault(Fault::NoAnnotation) => Some(no_role(case)),
        _ => None,
    }
}

fn no_association(case: &Case<'_>) -> Draft {
    let pod = &case.mount.pod;
    let cluster = case.inventory.cluster(&pod.cluster);
    let cluster = cluster.map_or(pod.cluster.as_str(), |cluster| cluster.name.as_str());
    let help = format!(
        "aws eks create-pod-identity-association --cluster-name {cluster} --namespace {} --service-account {} --role-arn ROLE",
        pod.namespace, pod.service_account
    );
    let label = "no association for this service account";
    case.at(
        case.service_account(),
        label,
        case.message("its service account has no association"),
    )
    .mounted(case.mount.name.origin)
    .help(help)
}

fn no_role(case: &Case<'_>) -> Draft {
    let label = "neither annotation nor association";
    case.at(case.service_account(), label, case.message("its service account has no role"))
        .help("annotate the service account with eks.amazonaws.com/role-arn, or use Pod Identity: usePodIdentity: \"true\" and an association")
}
