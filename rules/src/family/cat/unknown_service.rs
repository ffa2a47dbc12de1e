//! CAT103 `unknown-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::{Draft, Findings};
use policy_engine::policy::statement::Statement;
use policy_engine::source::Origin;

rule! {
    /// Flags a condition key or an ARN of a service that does not exist.
    ///
    /// # Why it matters
    ///
    /// No request contains such a key, and no resource has such an ARN. The statement never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"secretmanager:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the prefix of the service:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"secretsmanager:ResourceTag/team": "a"}}}
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
    ///       variable = "secretsmanager:ResourceTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT103" "unknown-service", High Break High,
    properties: [RejectsDocument], needs: [Policies, Catalog], aws: ["INVALID_SERVICE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let Some((prefix, _)) = key(condition).split_once(':') else {
            continue;
        };
        // Keys of identity providers are called after the provider's host.
        let elsewhere = prefix.contains(['.', '/', '$'])
            || ["aws", "saml"].contains(&prefix.to_ascii_lowercase().as_str());
        let global = context.catalog.global(key(condition)).is_some();
        if elsewhere || global || prefix.is_empty() || context.catalog.service(prefix).is_some() {
            continue;
        }
        findings.add(unknown(
            context,
            document,
            statement,
            condition.key.origin,
            prefix,
        ));
    }
    for arn in document.arns() {
        let Some(prefix) = arn
            .plain(2)
            .filter(|prefix| !prefix.bytes().any(|byte| byte.is_ascii_uppercase()))
        else {
            continue;
        };
        if context.catalog.service(prefix).is_none() && !has_arns(context, prefix) {
            findings.add(unknown(
                context,
                document,
                arn.statement,
                arn.value.origin,
                prefix,
            ));
        }
    }
}

fn unknown(
    context: &Context<'_>,
    document: &Document<'_>,
    statement: &Statement,
    place: Origin,
    prefix: &str,
) -> Draft {
    let message = format!("the service `{prefix}` does not exist");
    let draft = document
        .dead(statement, RULE.severity, place, "no such service", message)
        .because(prefix)
        .once(statement.origin);
    match context.catalog.nearest_service(prefix) {
        Some(near) => draft.help(format!("did you mean `{near}`?")),
        None => draft,
    }
}

/// Whether some resource type has ARNs of that service, whatever the prefix of its actions is.
fn has_arns(context: &Context<'_>, prefix: &str) -> bool {
    !context.catalog.resources_named(prefix).is_empty()
}
