//! SCT101 `secret-lacks-abac-tag`.

use crate::check::{Check, rule};
use crate::family::tag::most_letters;
use crate::finding::{Change, Draft, Grade, Label};
use crate::mount::cause::{Case, ObjectTest, Refusal, TagTest};
use policy_engine::source::Origin;

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
    /// # Fix
    ///
    /// Unsafe: renames a tag of the object, or the tag in the condition key, if one of them is misspelt.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "SCT101" "secret-lacks-abac-tag", High Break High,
    properties: [Generic], needs: [Objects, Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
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
    if let Some((place, key)) = test.intended_key(case) {
        let help = format!("write \"{key}\" instead of \"{}\"", case_key(test));
        return Some(instead(
            draft,
            place,
            "the object has another tag",
            Change::write(help, place, &[key]),
        ));
    }
    if let Some(near) = test.similar(case, most_letters(case)) {
        let place = near.key.origin;
        let help = format!("rename its tag `{}` to `{tag}`", near.key.value);
        let change = Change::write(help, place, &[tag.to_owned()]);
        return Some(instead(draft, place, "a similar tag", change));
    }
    let missing = test.missing();
    Some(draft.help(if missing.len() > 1 {
        format!("add the tags {}", missing.join(", "))
    } else {
        format!("add the tag {}", missing.join(", "))
    }))
}

/// The condition key of a test as it is written.
fn case_key<'t>(test: &ObjectTest<'t>) -> &'t str {
    test.miss.key.as_deref().unwrap_or(test.tag)
}

/// The draft at another place, with its change.
fn instead(mut draft: Draft, place: Origin, label: &str, change: Change) -> Draft {
    if place.is_somewhere() {
        draft.primary = Label::new(place, label);
    }
    draft.change(change)
}
