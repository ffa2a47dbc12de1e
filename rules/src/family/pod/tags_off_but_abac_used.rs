//! POD210 `tags-off-but-abac-used`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use policy_engine::inventory::Via;

rule! {
    /// Flags an association with session tags turned off, if only a condition on these tags allows its pods the mounted
    /// objects.
    ///
    /// # Why it matters
    ///
    /// Without session tags `${aws:PrincipalTag/kubernetes-namespace}` has no value, and AWS treats the condition as not
    /// matched. The pod loses all access that depends on the tags.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": true
    /// ```
    ///
    /// # Accepted
    ///
    /// Turn the session tags on:
    ///
    /// ```jsonc
    /// "disableSessionTags": false
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "app" {
    ///   cluster_name         = "prod"
    ///   namespace            = "dev"
    ///   service_account      = "app"
    ///   role_arn             = aws_iam_role.pod_reader.arn
    ///   disable_session_tags = false
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "POD210" "tags-off-but-abac-used", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag?;
    test.session_tag()?;
    let association = case.associations().next()?;
    if case.walk.via == Some(Via::Irsa) || association.sets_tags() != Some(false) {
        return None;
    }
    let message = case.message(&format!(
        "its association disables session tags, and a policy tests `{tag}`"
    ));
    let off = association.session_tags.known();
    let place = off.map_or(association.origin, |off| off.origin);
    let draft = case
        .at(place, "session tags are disabled", message)
        .related(test.place, "this variable has no value")
        .help("set \"disableSessionTags\": false")
        .evidence(test.miss);
    Some(draft)
}
