//! SCT104 `secret-tags-collide-by-case`.

use crate::ask::probe::SESSION_TAGS;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags two tags of one object whose keys differ in case only, one of them a tag that keeps tenants apart.
    ///
    /// # Why it matters
    ///
    /// Which of the two a condition sees is not defined.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: dev, Kubernetes-Namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
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
            let Some(first) = tags.iter().take(at).find(same).filter(|_| is_session) else {
                continue;
            };
            let draft = Draft::new(
                &*object,
                tag.key.origin,
                "the same but for its case",
                format!("`{object}` has two tags `{}`", tag.key.value),
            )
            .because(&*tag.key.value)
            .related(first.key.origin, "the other one")
            .help("keep one of them");
            findings.add(draft);
        }
    }
}
