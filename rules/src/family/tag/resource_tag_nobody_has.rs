//! TAG104 `resource-tag-nobody-has`.

use super::misspelt_session_tag::most_letters;
use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};
use crate::text::session_tags;

rule! {
    /// Flags a condition on a resource tag that the mounted object does not have, if the object has a tag with a similar key.
    ///
    /// # Why it matters
    ///
    /// AWS compares the tag key of `aws:ResourceTag/KEY` with the keys of the object. If the object has no such tag,
    /// `StringEquals` does not match, and AWS denies the call. A key such as `projectname` instead of `project-name` is valid
    /// syntax, so neither IAM nor Terraform reports it.
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
    ///
    /// # Accepted
    ///
    /// Use the tag key of the object in the policy, or tag the object with the key of the policy:
    ///
    /// ```yaml
    /// tags: { project-name: dev }
    /// # …
    /// Condition:
    ///   StringEquals: { aws:ResourceTag/project-name: "${aws:PrincipalTag/kubernetes-namespace}" }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:*:111122223333:secret:*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/project-name"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
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
    let message = case.message(&format!("the object has no tag `{tag}`"));
    let draft = case
        .at(test.miss.key_origin, "no object has this tag", message)
        .mounted(case.mount.name.origin)
        .help(format!("did you mean `{}`?", near.key.value))
        .evidence(test.miss);
    Some(draft)
}
