//! POD210 `tags-off-but-abac-used`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use policy_engine::inventory::Via;

rule! {
    /// Flags an association without session tags whose pod is let in by tags only.
    ///
    /// # Why it matters
    ///
    /// The variables stay empty, the condition never holds, and all access ends.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": true
    /// ```
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
        "its association turns session tags off, and a policy tests `{tag}`"
    ));
    let off = association.session_tags.known();
    let place = off.map_or(association.origin, |off| off.origin);
    let draft = case
        .at(place, "session tags are off", message)
        .related(test.place, "this variable stays empty")
        .help("\"disableSessionTags\": false")
        .evidence(test.miss);
    Some(draft)
}
