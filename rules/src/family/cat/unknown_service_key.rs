//! CAT104 `unknown-service-key`.

use crate::catalog::Service;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use crate::text::letters::{Case, nearest_of};

rule! {
    /// Flags a condition key that its service does not define.
    ///
    /// # Why it matters
    ///
    /// No request contains the key. A condition that requires the key never matches, and a negated condition always matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"secretsmanager:TagValue": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a key of the service reference:
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
    "CAT104" "unknown-service-key", High Break High,
    properties: [NamesMistake], needs: [Policies, Catalog], aws: ["INVALID_SERVICE_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let Some((prefix, rest)) = name.split_once(':') else {
            continue;
        };
        let Some(service) = context.catalog.service(prefix) else {
            continue;
        };
        if service.key(name).is_some()
            || context.catalog.global(name).is_some()
            || rest.to_ascii_lowercase().ends_with("tag")
        {
            continue;
        }
        let names = service.keys.iter().map(|key| key.name.as_str());
        let near = of_object(prefix, rest)
            .or_else(|| of_misspelt_kind(service, prefix, rest))
            .or_else(|| nearest_of(name, names, 3, Case::Kept).map(str::to_owned));
        let message = format!("{prefix} has no condition key `{rest}`");
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.key.origin,
                "no request contains this key",
                message,
            )
            .because(name);
        let draft = context.dated(draft);
        findings.add(match near {
            Some(near) => draft.help(format!("did you mean `{near}`?")),
            None => draft,
        });
    }
}

/// The key with a tag in its name whose kind differs by some letters: `secretsmanager:RessourceTag/team`.
fn of_misspelt_kind(service: &Service, prefix: &str, rest: &str) -> Option<String> {
    let (kind, tag) = rest.split_once('/')?;
    let kinds = service.keys.iter().filter_map(|key| {
        let (_, name) = key.name.split_once(':')?;
        Some(name.split_once('/')?.0)
    });
    let near = nearest_of(kind, kinds, 3, Case::Kept)?;
    Some(format!("{prefix}:{near}/{tag}"))
}

/// The key for a tag of the object, where a key for another tag has the prefix of a service whose keys test tags of objects.
fn of_object(prefix: &str, rest: &str) -> Option<String> {
    let (kind, tag) = rest.split_once('/')?;
    let is_tag = ["requesttag", "principaltag"].contains(&kind.to_ascii_lowercase().as_str());
    let has_tags = ["secretsmanager", "ssm"].contains(&prefix.to_ascii_lowercase().as_str());
    (is_tag && has_tags).then(|| format!("{prefix}:ResourceTag/{tag}"))
}
