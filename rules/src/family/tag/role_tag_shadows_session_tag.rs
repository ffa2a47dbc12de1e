//! TAG133 `role-tag-shadows-session-tag`.

use crate::ask::probe::SESSION_TAGS;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::Severity;
use crate::world::by_tag::always_tagged;
use policy_engine::source::Origin;

rule! {
    /// Flags a role with a tag whose key is the key of an EKS session tag.
    ///
    /// # Why it matters
    ///
    /// A session without its own value for the key uses the value of the role. Sessions without session tags, such as IRSA, a
    /// person or an association with tags turned off, then read the secrets of that tenant.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        pod-reader:
    /// +        tags: { kubernetes-namespace: dev }
    ///          trust: &pods-of-prod
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the tag from the role, or use another key:
    ///
    /// ```yaml
    /// pod-reader:
    ///   tags: { team: platform }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_iam_role" "pod_reader" {
    ///   name               = "pod-reader"
    ///   assume_role_policy = data.aws_iam_policy_document.pods.json
    ///   tags               = { team = "platform" }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "TAG133" "role-tag-shadows-session-tag", High Leak High,
    needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in &context.inventory.roles {
        // A session of a web identity has no session tags, and gets the value from the role.
        if context.pods.have_only_web_identities(role) {
            continue;
        }
        let name = context.inventory.role_name(&role.arn);
        for tag in &role.tags.list {
            let key = &tag.key.value;
            let Some((session, _)) = SESSION_TAGS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
            else {
                continue;
            };
            let message = format!(
                "the role `{name}` has the tag `{key}`: a session without the tag `{session}` gets this value"
            );
            let draft = Draft::new(
                name.as_str(),
                tag.key.origin,
                "the key of an EKS session tag",
                message,
            )
            .because(key)
            .help(help(context, tag.key.origin));
            // The tag of the session overrides that of the role: AWS IAM User Guide, "Pass session tags in AWS STS".
            let draft = if always_tagged(&context.index, &context.pods, role) {
                draft.severity(Severity::Info)
            } else {
                draft
            };
            findings.add(draft);
        }
    }
}

/// The change: default tags of a provider are those of its secrets as well.
fn help(context: &Context<'_>, place: Origin) -> &'static str {
    let mut objects = context.inventory.objects();
    let is_shared = objects.any(|object| {
        let mut tags = object.tags().list.iter();
        tags.any(|tag| tag.key.origin == place)
    });
    if is_shared {
        "set this tag on the secrets alone, without the role"
    } else {
        "rename the tag of the role, for example to `owner`"
    }
}
