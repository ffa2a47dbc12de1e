//! POD202 `association-role-unknown`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, nearest};
use policy_engine::{
    inventory::{Association, Via},
    simulator::Fault,
};

rule! {
    /// Flags an association whose role does not exist. The rule requires that all roles of the account are known.
    ///
    /// # Why it matters
    ///
    /// EKS cannot assume a role that does not exist, so the pod gets no credentials and the mount fails. Usually the name is
    /// misspelt, or the role was created again under another path.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -            association: { role: hop, targetRole: vault:reader }
    /// +            association: { role: arn:aws:iam::111122223333:role/hopp, targetRole: vault:reader }
    /// ```
    ///
    /// # Accepted
    ///
    /// Reference the role instead of its name:
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    "POD202" "association-role-unknown", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoRole(arn)) = refusal else {
        return None;
    };
    let inventory = case.inventory;
    let message = case.message(&format!(
        "its role `{}` does not exist",
        inventory.role_name(arn)
    ));
    let associations = inventory.associations.iter();
    let mut named = associations.flat_map(Association::roles);
    let place = named
        .find(|role| role.value == *arn)
        .map_or_else(|| case.decided(), |role| role.origin);
    let draft = case.at(place, "no such role", message);
    // Names of roles are unique in an account, whatever their path: AWS IAM API Reference, "CreateRole".
    // The ARN of a session has the name of the session behind that of the role.
    let name = |arn: &str| {
        let mut parts = match arn.split_once(":assumed-role/") {
            Some((_, rest)) => rest.split('/').next().into_iter().collect::<Vec<_>>(),
            None => arn.rsplit('/').take(1).collect(),
        };
        parts.pop().unwrap_or(arn).to_owned()
    };
    let roles = || inventory.roles.iter().map(|role| role.arn.as_str());
    let same = roles().find(|own| name(own).eq_ignore_ascii_case(&name(arn)));
    Some(match same.or_else(|| nearest(arn, roles())) {
        Some(near) => draft.help(format!("did you mean `{near}`?")),
        None if case.walk.via == Some(Via::Irsa) => {
            draft.help("create the role, or write the ARN of an existing role into the annotation")
        }
        None => draft.help("create the role, or set the association to an existing role"),
    })
}
