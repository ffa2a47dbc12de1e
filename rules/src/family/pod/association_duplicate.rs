//! POD205 `association-duplicate`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags two associations for the same cluster, namespace and service account.
    ///
    /// # Why it matters
    ///
    /// EKS accepts one association per service account. It rejects the second one with `ResourceInUseException`, and two
    /// tools that both manage the association overwrite each other's role.
    ///
    /// # Flagged
    ///
    /// ```diff plan.json
    /// +{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
    /// +{"address": "aws_eks_pod_identity_association.first", "mode": "managed", "type": "aws_eks_pod_identity_association", "name": "first", "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": {"cluster_name": "prod", "namespace": "dev", "service_account": "twice", "role_arn": "arn:aws:iam::111122223333:role/pod-reader"}},
    /// +{"address": "aws_eks_pod_identity_association.second", "mode": "managed", "type": "aws_eks_pod_identity_association", "name": "second", "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": {"cluster_name": "prod", "namespace": "dev", "service_account": "twice", "role_arn": "arn:aws:iam::111122223333:role/bounded"}}
    /// +]}}}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///    - { path: association.json, account: shop }
    /// +  - { path: plan.json, account: shop }
    /// @@
    ///          serviceAccounts:
    /// +          dev/twice: {}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one association per service account:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "twice" {
    ///   cluster_name    = "prod"
    ///   namespace       = "dev"
    ///   service_account = "twice"
    ///   role_arn        = aws_iam_role.pod_reader.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html>
    "POD205" "association-duplicate", High Break High,
    needs: [Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for association in &context.inventory.associations {
        let name = context.inventory.pod_name(&association.pod());
        for other in &association.duplicates {
            let first = association.declared.as_deref().unwrap_or("another one");
            let message = format!(
                "`{}` and `{first}` both create the association of {name}",
                other.declared
            );
            let draft = Draft::new(name.as_str(), other.origin, "a second association", message)
                .because(&*other.declared)
                .related(association.origin, "the first association")
                .help("remove one of the two");
            findings.add(draft);
        }
    }
}
