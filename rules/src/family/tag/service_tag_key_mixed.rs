//! TAG128 `service-tag-key-mixed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::{Document, actions};
use crate::finding::Findings;
use policy_engine::service::ServiceProfile;

rule! {
    /// Flags the tag condition key of one service in a statement about another service, such as
    /// `secretsmanager:ResourceTag/…` for `ssm:` or `kms:` actions.
    ///
    /// # Why it matters
    ///
    /// AWS provides a service's condition keys only for actions of this service. For the other actions the key is absent, the
    /// condition does not match, and AWS denies the call.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*", "Condition": {"StringEquals": {"secretsmanager:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `aws:ResourceTag/…`, which all three services support:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>
    "TAG128" "service-tag-key-mixed", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let lower = key(condition).to_ascii_lowercase();
        let own = ServiceProfile::mounted()
            .map(|profile| profile.service)
            .find(|service| lower.starts_with(&format!("{service}:resourcetag/")));
        let Some(own) = own.filter(|_| condition.parsed.is_some_and(is_positive)) else {
            continue;
        };
        let foreign = actions(statement).iter().find(|value| {
            let service = value
                .text
                .literal()
                .split(':')
                .next()
                .unwrap_or("")
                .to_ascii_lowercase();
            // A service that does not exist is another mistake.
            let exists = ServiceProfile::of(&service).is_some()
                || context.catalog.service(&service).is_some();
            service != own && exists
        });
        let Some(foreign) = foreign else { continue };
        let name = key(condition).split_once('/').map_or("", |(_, name)| name);
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.key.origin,
                format!("a condition key of {own}"),
                format!(
                    "requests for `{}` do not contain `{}`",
                    foreign.text,
                    key(condition)
                ),
            )
            .because(key(condition))
            .related(foreign.origin, "an action of another service")
            .help(format!("\"aws:ResourceTag/{name}\""));
        findings.add(draft);
    }
}
