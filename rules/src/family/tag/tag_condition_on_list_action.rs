//! TAG123 `tag-condition-on-list-action`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::is_positive;
use crate::document::tags::{Tag, tag};
use crate::document::{Document, actions};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::service::ServiceProfile;

rule! {
    /// Flags a condition on resource tags for actions without resource tags: `BatchGetSecretValue`, `ListSecrets`,
    /// `GetParametersByPath`, `DescribeParameters`.
    ///
    /// # Why it matters
    ///
    /// AWS evaluates these actions without the tags of an object, so the condition never matches, and AWS denies the call.
    /// `GetSecretValue` works with the same condition, so the mistake appears only when an application reads many objects at
    /// once.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"], "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the action in a statement of its own, without the condition:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*"},
    ///  {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:BatchGetSecretValue"]
    ///     resources = ["*"]
    ///   }
    ///
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    "TAG123" "tag-condition-on-list-action", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// Actions whose requests contain no tag of an object: docs/semantics.md#keys-per-action.
fn untagged() -> impl Iterator<Item = &'static str> {
    ServiceProfile::mounted().flat_map(|service| {
        let many = service.batch.into_iter().chain(service.by_path);
        many.chain([service.lists])
    })
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let condition = statement.conditions.iter().find(|condition| {
            condition.parsed.is_some_and(is_positive)
                && matches!(tag(condition), Some(Tag::Resource(_)))
        });
        let Some(condition) = condition else { continue };
        for value in actions(statement) {
            let Some(action) =
                untagged().find(|name| name.eq_ignore_ascii_case(value.text.literal()))
            else {
                continue;
            };
            let probe = Probe::meeting(document, statement, action, |condition| {
                matches!(tag(condition), Some(Tag::Resource(_)))
            });
            let Some(proof) = probe.and_then(|probe| probe.on("*").refused(context, document))
            else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    value.origin,
                    "its requests contain no tag of an object",
                    format!("a statement with a condition on an object tag never allows {action}"),
                )
                .because(action)
                .related(condition.key.origin, "this tag")
                .help(help(action, actions(statement).len() == 1))
                .request(Some(proof))
                .once(statement.origin);
            findings.add(draft);
        }
    }
}

/// The change. A list returns no value, but a read by path returns the values of all parameters below the path, whatever their tags.
///
/// AWS Systems Manager User Guide, "Restricting access to Parameter Store parameters using IAM policies".
fn help(action: &str, is_only: bool) -> String {
    let by_path = ServiceProfile::mounted().find(|service| service.by_path == Some(action));
    match by_path {
        Some(service) => {
            let what = if is_only { "the statement" } else { action };
            format!("remove {what}: pods read with {}", service.read.join(", "))
        }
        None => {
            let what = if is_only {
                "replace the statement with".to_owned()
            } else {
                format!("move {action} to")
            };
            format!(
                r#"{what} the statement {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#
            )
        }
    }
}
