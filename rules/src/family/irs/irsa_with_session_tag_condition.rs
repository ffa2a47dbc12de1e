//! IRS101 `irsa-with-session-tag-condition`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use policy_engine::inventory::Via;

rule! {
    /// Flags a pod with IRSA, if only a condition on a tag of EKS Pod Identity allows its read.
    ///
    /// # Why it matters
    ///
    /// An IRSA session has none of the six tags of EKS Pod Identity, so the condition never matches. AWS denies the read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +              Resource: "*"
    /// +              Condition: *own
    ///      secrets:
    /// ```
    ///
    /// # Accepted
    ///
    /// Move the service account to EKS Pod Identity, or allow the ARN of the secret without the condition:
    ///
    /// ```yaml
    /// Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "legacy" {
    ///   cluster_name    = "prod"
    ///   namespace       = "dev"
    ///   service_account = "legacy"
    ///   role_arn        = aws_iam_role.pod_reader.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    "IRS101" "irsa-with-session-tag-condition", High Break High,
    needs: [Annotations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag?;
    test.session_tag()?;
    if case.walk.via != Some(Via::Irsa) {
        return None;
    }
    let message = case.message(&format!("an IRSA session has no tag `{tag}`"));
    let draft = case
        .at(test.place, "IRSA does not set session tags", message)
        .mounted(case.mount.name.origin)
        .help("use Pod Identity, or list the ARN of the secret in `Resource` instead of the tag condition")
        .evidence(test.miss);
    Some(draft)
}
