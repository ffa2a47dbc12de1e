//! SCT101 `secret-lacks-abac-tag`.

use crate::check::{Check, rule};
use crate::family::tag::most_letters;
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};

rule! {
    /// Flags a mounted object without a tag that the only policy for it tests.
    ///
    /// # Why it matters
    ///
    /// The read is refused, and nothing in the error names the tag.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { team: dev }
    /// ```
    "SCT101" "secret-lacks-abac-tag", High Break High,
    properties: [Generic], needs: [Objects, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Object(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag;
    let message = case.message(&format!("it has no tag `{tag}`"));
    let draft = case
        .at(case.tags_place(), format!("no tag `{tag}`"), message)
        .related(test.miss.origin, "tested here")
        .mounted(case.mount.name.origin)
        .evidence(test.miss);
    let missing = test.missing();
    Some(draft.help(match test.similar(case, most_letters(case)) {
        Some(near) => format!("rename its tag `{near}` to `{tag}`"),
        None if missing.len() > 1 => format!("add the tags {}", missing.join(", ")),
        None => format!("add the tag {}", missing.join(", ")),
    }))
}
