//! POD209 `session-policy-needs-tags-off`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::policy::PolicyDocument;

rule! {
    /// Flags an association with a session policy and with session tags turned on.
    ///
    /// # Why it matters
    ///
    /// EKS rejects an association that has both: a `policy` requires `disableSessionTags: true`. The association is not
    /// created or changed, and its pods keep the previous access or have none.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": false,
    /// +    "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:*\",\"kms:Decrypt\",\"ssm:GetParameters\"],\"Resource\":\"*\"}]}"
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep the session tags and remove the session policy, or turn the tags off:
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
    ///   role_arn             = aws_iam_role.app.arn
    ///   disable_session_tags = false
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "POD209" "session-policy-needs-tags-off", High Break High,
    needs: [Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for association in &context.inventory.associations {
        let Some(policy) = association
            .policy
            .known()
            .filter(|policy| association.sets_tags() == Some(true) && is_stated(policy))
        else {
            continue;
        };
        let tags = association.session_tags.known();
        let place = tags.map_or(association.origin, |tags| tags.origin);
        let display = context.inventory.pod_name(&association.pod());
        let draft = Draft::new(
            &*display,
            policy.origin,
            "a session policy",
            format!("the association of {display} has a session policy, and EKS requires disabled session tags with it"),
        )
        .related(place, "session tags are enabled")
        .help("set \"disableSessionTags\": true, unless a policy of the role tests session tags");
        findings.add(draft);
    }
}

/// Whether a source states the policy: one that may be absent allows and denies unknown actions.
fn is_stated(policy: &PolicyDocument) -> bool {
    policy.statements.iter().any(|statement| {
        let mut names = statement.action.iter().flat_map(|list| &list.values);
        statement.open.is_empty() && names.all(|name| name.text.is_known())
    })
}
