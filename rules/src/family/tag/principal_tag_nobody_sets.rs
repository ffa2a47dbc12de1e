//! TAG102 `principal-tag-nobody-sets`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest, describe};

rule! {
    /// Flags a variable with a tag that neither the session nor the role of a pod carries.
    ///
    /// # Why it matters
    ///
    /// The variable stays empty, and the condition never holds.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// +                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/team}
    /// ```
    "TAG102" "principal-tag-nobody-sets", Medium Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let Some(tag) = test.tag else {
        let message = case.message(&format!("no request carries `{}`", test.name));
        let draft = case
            .at(test.place, "never has a value here", message)
            .help("use a key that the request carries");
        return Some(draft.evidence(test.miss));
    };
    let message = case.message(&format!(
        "neither the session nor the role has a tag `{tag}`"
    ));
    let session = case.walk.session.as_ref();
    let role = session.and_then(|session| case.inventory.role(&session.role));
    let draft = case.at(test.place, "nobody sets this tag", message);
    let draft = match role {
        Some(role) => draft.related(role.origin, "the role"),
        None => draft,
    };
    let draft = draft
        .help(format!(
            "tag the role with `{tag}`, or test one of the six tags that EKS sets"
        ))
        .note(describe(test.miss))
        .evidence(test.miss);
    Some(draft)
}
