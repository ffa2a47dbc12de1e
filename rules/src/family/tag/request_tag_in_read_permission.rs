//! TAG103 `request-tag-in-read-permission`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use crate::text::variables::variables;
use policy_engine::policy::statement::Condition;

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

/// The tag that was probably intended: of the object, if the value is a tag of the caller.
fn right(action: &str, condition: &Condition) -> String {
    let Some(Tag::Request(name)) = tag(condition) else {
        return "use aws:PrincipalTag/… for a tag of the caller".to_owned();
    };
    let mut values = condition.values.iter();
    let is_of_caller = values.any(|value| {
        let variables = variables(value.text.literal());
        let mut keys = variables.iter().map(|(variable, ..)| &variable.key);
        keys.any(|key| key.strip_prefix("aws:PrincipalTag/").is_some())
    });
    if !is_of_caller {
        return format!("use aws:PrincipalTag/{name} for a tag of the caller");
    }
    let service = action.split(':').next().unwrap_or_default();
    let prefix = if service == "secretsmanager" {
        service
    } else {
        "aws"
    };
    format!("use {prefix}:ResourceTag/{name} for a tag of the object")
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
                .help(right(action, condition))
                .request(Some(proof));
            findings.add(draft);
        }
    }
}
