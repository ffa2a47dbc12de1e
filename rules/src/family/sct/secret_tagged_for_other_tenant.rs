//! SCT106 `secret-tagged-for-other-tenant`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest, quoted};

rule! {
    /// Flags a mounted object whose tag has another value than the pod's session.
    ///
    /// # Why it matters
    ///
    /// It is refused today, and the usual "repair" is a looser policy. Either the mount or the tag is wrong.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: qa, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    "SCT106" "secret-tagged-for-other-tenant", High Break High,
    properties: [Generic], needs: [Objects, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Object(test) = refusal.tag_test()? else {
        return None;
    };
    let own = test.own(case)?;
    let (tag, found) = (test.tag, &own.value.value);
    let wanted = quoted(&test.miss.wanted);
    let message = case.message(&format!(
        "it is tagged `{tag}` = `{found}`, and the policy wants {wanted}"
    ));
    let draft = case
        .at(
            own.value.origin,
            format!("the policy wants {wanted}"),
            message,
        )
        .related(test.miss.origin, "tested here")
        .mounted(case.mount.name.origin)
        .evidence(test.miss);
    Some(match test.miss.wanted.as_slice() {
        [wanted] => draft.help(format!(
            "\"Value\": \"{wanted}\", if the object belongs to this pod"
        )),
        _ => draft.help("give the tag one of the values that the policy wants"),
    })
}
