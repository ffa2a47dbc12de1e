//! IRS101 `irsa-with-session-tag-condition`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use policy_engine::inventory::Via;

rule! {
    /// Flags a pod on IRSA that is let in only by a tag that EKS Pod Identity sets.
    ///
    /// # Why it matters
    ///
    /// An IRSA session carries none of the six tags, so the statement never matches.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +              Resource: "*"
    /// +              Condition: *own
    ///      secrets:
    /// ```
    "IRS101" "irsa-with-session-tag-condition", High Break High,
    needs: [Annotations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag?;
    test.session_tag()?;
    if case.walk.via != Some(Via::Irsa) {
        return None;
    }
    let message = case.message(&format!("an IRSA session carries no tag `{tag}`"));
    let draft = case
        .at(test.place, "IRSA sets no session tags", message)
        .mounted(case.mount.name.origin)
        .help("use Pod Identity, or name the secret's ARN instead of testing tags")
        .evidence(test.miss);
    Some(draft)
}
