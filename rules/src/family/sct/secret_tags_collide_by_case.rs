//! SCT104 `secret-tags-collide-by-case`.

use crate::ask::probe::SESSION_TAGS;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags two tags of one object whose keys differ only in case, if a policy depends on one of them.
    ///
    /// # Why it matters
    ///
    /// Tag keys of an object are case-sensitive, but condition keys are not, so `aws:ResourceTag/kubernetes-namespace`
    /// matches both tags. AWS does not document which value it compares.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: dev, Kubernetes-Namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one of the tags:
    ///
    /// ```yaml
    /// dev/local:
    ///   suffix: LoCaL1
    ///   tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "local" {
    ///   name = "dev/local"
    ///   tags = {
    ///     kubernetes-namespace = "dev"
    ///     eks-cluster-arn      = "arn:aws:eks:us-east-1:111122223333:cluster/prod"
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "SCT104" "secret-tags-collide-by-case", High Leak High,
    needs: [Objects], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (object, tags) in crate::world::objects::tagged(context.inventory) {
        for (at, tag) in tags.iter().enumerate() {
            let same = |other: &&policy_engine::inventory::Tag| {
                other.key.value.eq_ignore_ascii_case(&tag.key.value)
            };
            let is_session = SESSION_TAGS
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(&tag.key.value));
            if !is_session {
                continue;
            }
            let Some(first) = tags.iter().take(at).find(same) else {
                continue;
            };
            let draft = Draft::new(
                &*object,
                tag.key.origin,
                "differs only in case",
                format!(
                    "`{object}` has two tags `{}` that differ only in case",
                    tag.key.value
                ),
            )
            .because(&*tag.key.value)
            .related(first.key.origin, "the other tag")
            .help("remove one of the two tags");
            findings.add(draft);
        }
    }
}
