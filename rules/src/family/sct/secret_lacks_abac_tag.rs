//! SCT101 `secret-lacks-abac-tag`.

use crate::check::{Check, rule};
use crate::family::tag::most_letters;
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest};

rule! {
    /// Flags a mounted object without a tag that its only Allow requires.
    ///
    /// # Why it matters
    ///
    /// A condition on `aws:ResourceTag/KEY` does not match an object without this tag, so AWS denies the read. The error
    /// names the action, but not the tag.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { team: dev }
    /// ```
    ///
    /// # Accepted
    ///
    /// Tag the secret:
    ///
    /// ```yaml
    /// dev/local:
    ///   suffix: LoCaL1
    ///   tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "local" {
    ///   name = "dev/local"
    ///   tags = {
    ///     kubernetes-namespace = "dev"
    ///     eks-cluster-arn      = "arn:aws:eks:us-east-1:111122223333:cluster/prod"
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "SCT101" "secret-lacks-abac-tag", High Break High,
    properties: [Generic], needs: [Objects, Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Object(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag;
    let message = case.message(&format!("the object has no tag `{tag}`"));
    let draft = case
        .at(case.tags_place(), format!("no tag `{tag}`"), message)
        .related(test.miss.origin, "the condition")
        .mounted(case.mount.name.origin)
        .evidence(test.miss);
    let missing = test.missing();
    Some(draft.help(match test.similar(case, most_letters(case)) {
        Some(near) => format!("rename its tag `{near}` to `{tag}`"),
        None if missing.len() > 1 => format!("add the tags {}", missing.join(", ")),
        None => format!("add the tag {}", missing.join(", ")),
    }))
}
