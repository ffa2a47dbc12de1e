//! POD201 `association-role-in-other-account`.

use crate::check::{Check, rule};
use crate::finding::{Change, Draft, Grade};
use crate::mount::cause::{Case, Refusal};
use policy_engine::{simulator::Fault, source::Spanned};

rule! {
    /// Flags an association whose role is in another account than the cluster.
    ///
    /// # Why it matters
    ///
    /// EKS rejects the association, because its creator must have `iam:PassRole` on the role, and `iam:PassRole` does not
    /// work across accounts. Pods of the service account get no credentials.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=POD202
    /// -            association: { role: hop, targetRole: vault:reader }
    /// +            association: { role: vault:reader }
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a role of the cluster's account, and reach the other account through a target role or through resource policies:
    ///
    /// ```yaml
    /// association: { role: hop, targetRole: vault:reader }
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
    ///   target_role_arn = "arn:aws:iam::444455556666:role/reader"
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the ARN of the role, if the association names the role by its name.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD201" "association-role-in-other-account", High Break High,
    needs: [Associations, Clusters], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::ForeignRole) = refusal else {
        return None;
    };
    let roles = || case.associations().filter_map(|own| own.role.known());
    if let Some(role) = roles().find(|own| !own.value.starts_with("arn:")) {
        return Some(named(case, role));
    }
    let message = case.message("the role of its association is not in the account of the cluster");
    let draft = case
        .at(case.decided(), "a role of another account", message)
        .help("set `roleArn` to a role of the cluster's account, and `targetRoleArn` to this role");
    Some(draft)
}

/// An association that names its role by the name: `roleArn` takes an ARN (Amazon EKS API Reference, "CreatePodIdentityAssociation").
fn named(case: &Case<'_>, role: &Spanned<String>) -> Draft {
    let reason = format!(
        "its association needs the ARN of a role, and `{}` is a name",
        role.value
    );
    let draft = case.at(role.origin, "a name, not an ARN", case.message(&reason));
    let draft = draft.mounted(case.mount.name.origin);
    let home = case.inventory.cluster(&case.mount.pod.cluster);
    let mut roles = case.inventory.roles.iter();
    let own = roles.find(|own| {
        let is_home = home.is_none_or(|home| own.arn.shown_account() == home.account.as_str());
        own.arn.name() == role.value && is_home
    });
    match own {
        Some(own) => {
            let arn = own.arn.to_string();
            let help = format!("\"roleArn\": \"{arn}\"");
            draft.change(Change::write(help, role.origin, &[arn]))
        }
        None => draft.help("write the ARN of the role"),
    }
}
