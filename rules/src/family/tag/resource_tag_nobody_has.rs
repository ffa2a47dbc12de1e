//! TAG104 `resource-tag-nobody-has`.

use super::misspelt_session_tag::most_letters;
use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use crate::text::session_tags;

rule! {
    /// Flags a test of a tag that the mounted object does not have while it has one of nearly that name.
    ///
    /// # Why it matters
    ///
    /// Policy and objects were written by two people.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { project-name: dev }
    /// @@
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Resource: arn:aws:secretsmanager:*:444455556666:secret:*
    /// @@
    ///            read-own:
    /// +            - Effect: Allow
    /// +              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Resource: arn:aws:secretsmanager:*:111122223333:secret:*
    /// +              Condition:
    /// +                StringEquals: { aws:ResourceTag/projectname: "${aws:PrincipalTag/kubernetes-namespace}" }
    /// ```
    "TAG104" "resource-tag-nobody-has", Medium Break High,
    properties: [Generic], needs: [Roles, Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Object(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag;
    if test.own(case).is_some() || session_tags::KEYS.contains(&tag) {
        return None;
    }
    let near = test.similar(case, most_letters(case))?;
    let message = case.message(&format!("it has no tag `{tag}`"));
    let draft = case
        .at(test.miss.key_origin, "no object has this tag", message)
        .mounted(case.mount.name.origin)
        .help(format!("did you mean `{near}`?"))
        .evidence(test.miss);
    Some(draft)
}
