//! TAG133 `role-tag-shadows-session-tag`.

use crate::ask::probe::SESSION_TAGS;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags a role that itself carries a tag with the key of an EKS session tag.
    ///
    /// # Why it matters
    ///
    /// Wherever a session has no tags (session tags turned off, IRSA, a person or a pipeline that assumes the role) the role's own
    /// value takes their place, and policies that test tags give it that tenant's secrets.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        pod-reader:
    /// +        tags: { kubernetes-namespace: dev }
    ///          trust: &pods-of-prod
    /// ```
    "TAG133" "role-tag-shadows-session-tag", High Leak High,
    needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in &context.inventory.roles {
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
                "`{name}` carries the tag `{key}` itself: a session without `{session}` gets this value"
            );
            let draft = Draft::new(name.as_str(), tag.key.origin, "an EKS session tag", message)
                .because(key)
                .help("give the role's own tag another key, for instance `owner`");
            findings.add(draft);
        }
    }
}
