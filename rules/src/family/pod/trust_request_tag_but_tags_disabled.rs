//! POD110 `trust-request-tag-but-tags-disabled`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags an association that turns session tags off, if the trust policy of its role or of its target role has a condition on
    /// `aws:RequestTag/…`.
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
    let key = match refusal {
        Refusal::Trust(trust) if !trust.is_irsa => trust.key()?,
        Refusal::Chain(chain) => chain.key()?.to_ascii_lowercase(),
        _ => return None,
    };
    let mut associations = case.associations();
    let association = associations.find(|own| own.sets_tags() == Some(false))?;
    if !key.starts_with("aws:requesttag/") {
        return None;
    }
    let off = association.session_tags.known();
    let place = off.map_or(association.origin, |off| off.origin);
    let reason = refusal.draft(case);
    let tested = reason.miss.as_ref().and_then(|miss| miss.key.clone());
    let tested = tested.unwrap_or(key);
    let message = case.message(&format!(
        "its association disables session tags, and a trust policy tests `{tested}`"
    ));
    let draft = case
        .at(place, "session tags are disabled", message)
        .related(reason.primary.origin, reason.primary.text)
        .help("set \"disableSessionTags\": false");
    Some(match reason.miss {
        Some(miss) => draft.evidence(&miss),
        None => draft,
    })
}
