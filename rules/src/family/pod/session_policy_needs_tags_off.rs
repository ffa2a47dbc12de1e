//! POD209 `session-policy-needs-tags-off`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags an association with a policy of its own and session tags turned on.
    ///
    /// # Why it matters
    ///
    /// EKS refuses the two together: either tags, or a session policy.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": false,
    /// +    "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:*\",\"kms:Decrypt\",\"ssm:GetParameters\"],\"Resource\":\"*\"}]}"
    /// ```
    "POD209" "session-policy-needs-tags-off", High Break High,
    needs: [Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for association in &context.inventory.associations {
        let Some(policy) = association
            .policy
            .known()
            .filter(|_| association.sets_tags() == Some(true))
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
            format!("the association of {display} has a session policy and keeps session tags on"),
        )
        .related(place, "session tags are on")
        .help("\"disableSessionTags\": true, if no policy on its way tests tags");
        findings.add(draft);
    }
}
