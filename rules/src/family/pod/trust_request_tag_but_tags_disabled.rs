//! POD110 `trust-request-tag-but-tags-disabled`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy with a condition on `aws:RequestTag/…`, if the association turns session tags off.
    ///
    /// # Why it matters
    ///
    /// EKS then sends no tags, the condition does not match, and STS denies `AssumeRole`. The pod gets no credentials.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              role: bounded
    /// +              role: hop
    ///                sessionTags: false
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a role without this condition, or turn the session tags on:
    ///
    /// ```yaml
    /// role: bounded
    /// sessionTags: false
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "app" {
    ///   cluster_name         = "prod"
    ///   namespace            = "dev"
    ///   service_account      = "app"
    ///   role_arn             = aws_iam_role.hop.arn
    ///   disable_session_tags = false
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "POD110" "trust-request-tag-but-tags-disabled", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    let is_off = case
        .associations()
        .any(|own| own.sets_tags() == Some(false));
    (is_off && key.starts_with("aws:requesttag/")).then(|| refusal.draft(case))
}
