//! ESC103 `untag-opens`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to remove tags from secrets, if a
    /// policy allows reading objects without the tag.
    ///
    /// # Why it matters
    ///
    /// The pod can remove the tag of any secret. The policy that allows reading untagged objects then allows the pod to read
    /// that secret.
    ///
    /// # Flagged
    ///
    /// ```json identity also=TAG106+ESC101
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:UntagResource", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a condition that does not match a missing tag:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:UntagResource", "Resource": "*"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    ///
    ///   statement {
    ///     actions   = ["secretsmanager:UntagResource"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "ESC103" "untag-opens", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let dangers =
        crate::ask::tampering::allowed(context, document, &["secretsmanager:UntagResource"]);
    if dangers.is_empty() || !opens_untagged(context) {
        return;
    }
    for danger in dangers {
        let probe = danger
            .probe
            .clone()
            .with("aws:TagKeys", "kubernetes-namespace");
        let Some(proof) = probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(danger.statement, danger.place, "removes the tag", format!("`{}` can remove the tag that separates tenants, and secrets without the tag are readable", document.object))
            .because(danger.action)
            .help(danger.remedy("deny removal of these tag keys with a condition on `aws:TagKeys`"))
            .request(Some(proof));
        findings.add(draft);
    }
}

/// Whether some policy that tests tags lets read what has none.
fn opens_untagged(context: &Context<'_>) -> bool {
    context.documents.iter().any(|other| {
        let other = &other.afresh();
        reading(other).any(|(statement, action)| {
            let tests: Vec<_> = statement
                .conditions
                .iter()
                .filter(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
                .collect();
            let probe =
                Probe::meeting(other, statement, action, |_| false).filter(|_| !tests.is_empty());
            let bare = probe.map(|probe| {
                tests
                    .iter()
                    .fold(probe, |probe, condition| probe.without(key(condition)))
            });
            bare.is_some_and(|probe| probe.allowed(context, other).is_some())
        })
    })
}
