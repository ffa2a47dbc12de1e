//! CAT110 `key-needs-companion-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::{Document, is_allow, may_match_action, named};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a condition on a value that a caller can set only with another action, if the statement does not allow that
    /// action.
    ///
    /// # Why it matters
    ///
    /// `sts:SourceIdentity` requires `sts:SetSourceIdentity`, and session tags require `sts:TagSession`. Without this action
    /// AWS denies each call that sets the value.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:SourceIdentity": "ci-*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the action that sets the value:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringLike": {"sts:SourceIdentity": "ci-*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/deploy"]
    ///     }
    ///     actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "sts:SourceIdentity"
    ///       values   = ["ci-*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT110" "key-needs-companion-action", High Break High,
    properties: [Yields], needs: [Policies], aws: ["MISSING_ACTION_FOR_CONDITION_KEY"], fix: None, Check::Document(check);
}

/// Keys, and the action whose caller can set them.
const COMPANIONS: [(&str, &str); 4] = [
    ("sts:sourceidentity", "sts:SetSourceIdentity"),
    ("sts:transitivetagkeys", "sts:TagSession"),
    ("aws:requesttag/", "sts:TagSession"),
    ("aws:tagkeys", "sts:TagSession"),
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.kind, PolicyType::Identity | PolicyType::Trust) {
        return;
    }
    for (statement, condition) in each(document) {
        let name = key(condition).to_ascii_lowercase();
        let companion = COMPANIONS.iter().find(|(known, _)| name.starts_with(known));
        let Some((_, companion)) =
            companion.filter(|_| is_allow(statement) && condition.parsed.is_some_and(is_positive))
        else {
            continue;
        };
        let Some(assume) = named(
            statement,
            &[
                "sts:AssumeRole",
                "sts:AssumeRoleWithWebIdentity",
                "sts:AssumeRoleWithSAML",
            ],
        ) else {
            continue;
        };
        // Pod Identity has its own rule for this; the other statement may hold the companion.
        let elsewhere = document
            .statements()
            .iter()
            .any(|statement| is_allow(statement) && may_match_action(statement, companion));
        if elsewhere {
            continue;
        }
        let message = format!(
            "only a caller with {companion} can set `{}`",
            key(condition)
        );
        findings.add(
            document
                .in_statement(statement, condition.key.origin, "never set", message)
                .because(name)
                .help(format!("allow {companion} in addition to {assume}")),
        );
    }
}
