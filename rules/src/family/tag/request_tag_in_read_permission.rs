//! TAG103 `request-tag-in-read-permission`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use crate::text::variables::variables;

rule! {
    /// Flags `aws:RequestTag/…` in an Allow to read.
    ///
    /// # Why it matters
    ///
    /// `aws:RequestTag` contains the tags that a request sets, and a read request sets no tags. The condition never matches,
    /// and AWS denies the read. The tags of the caller are in `aws:PrincipalTag/…`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:RequestTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `aws:PrincipalTag/…`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
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
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "TAG103" "request-tag-in-read-permission", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in &statement.conditions {
            let own =
                matches!(tag(condition), Some(Tag::Request(_))).then_some(condition.key.origin);
            let value = condition.values.iter().find(|value| {
                variables(value.text.literal())
                    .iter()
                    .any(|(variable, ..)| variable.key.strip_prefix("aws:RequestTag/").is_some())
            });
            let Some(place) = own.or(value.map(|value| value.origin)) else {
                continue;
            };
            let probe = Probe::meeting(document, statement, action, |condition| {
                matches!(tag(condition), Some(Tag::Request(_)))
            });
            let Some(proof) = probe.and_then(|probe| probe.refused(context, document)) else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "absent in read requests",
                    format!("requests for {action} do not contain request tags"),
                )
                .because(key(condition))
                .help("use aws:PrincipalTag/… for a tag of the caller")
                .request(Some(proof));
            findings.add(draft);
        }
    }
}
