//! BND107 `encoded-policy-broken`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a policy that stands as a text within JSON or YAML, and is no policy when it is taken out: cut off, encoded twice, not JSON.
    ///
    /// # Why it matters
    ///
    /// AWS refuses to save it, or the file is a damaged copy. What depends on the policy is undecided in this run.
    ///
    /// In a file of your own, write the policy as `jsonencode(…)`, as an object, or encode it once. Save an answer of AWS again.
    ///
    /// # Flagged
    ///
    /// ```diff association.json also=POD210
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": true,
    /// +    "policy": "{\"Version\": \"2012-10-17\", \"Statement\": ["
    /// ```
    ///
    /// # When to allow it
    ///
    /// Never. `simulate`, `test` and the other commands that answer from the policy end with exit code 2 instead.
    "BND107" "encoded-policy-broken", High Break High,
    needs: [], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::Encoded { why } = &sighting.kind else {
            continue;
        };
        let what = sighting.what.as_str();
        let message = format!("the {what} cannot be read: {why}");
        let draft = Draft::new(what, sighting.origin, "here", message);
        findings.add(
            draft.because(why.as_str()).help(
                "write it as an object, or encode it once; save a damaged answer of AWS again",
            ),
        );
    }
}
