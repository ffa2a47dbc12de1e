//! IRS103 `irsa-sub-wildcard`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{key, literal_values};
use crate::document::providers::{is_of_cluster, unknown_providers};
use crate::document::{Document, clusters};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::world::subjects::written;
use policy_engine::policy::{condition::Comparison, statement::Written};
use policy_engine::request::Principal;

rule! {
    /// Flags a pattern in the condition on the subject of a web identity.
    ///
    /// # Why it matters
    ///
    /// A pattern such as `team-*` also matches the namespace `team-b`, and `dev:*` matches every service account that a
    /// tenant creates in the namespace. Each of them can assume the role.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com"}, "StringLike": {"oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the service accounts:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": ["system:serviceaccount:dev:app", "system:serviceaccount:dev:job"]}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// locals {
    ///   issuer = replace(aws_iam_openid_connect_provider.prod.url, "https://", "")
    /// }
    ///
    /// data "aws_iam_policy_document" "legacy_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = [aws_iam_openid_connect_provider.prod.arn]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:sub"
    ///       values   = ["system:serviceaccount:dev:app", "system:serviceaccount:dev:job"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "IRS103" "irsa-sub-wildcard", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    unknown(context, document, findings);
    for (statement, entry, host) in crate::document::clusters(document) {
        let subject = format!("{host}:sub");
        for condition in statement
            .conditions
            .iter()
            .filter(|condition| key(condition).eq_ignore_ascii_case(&subject))
        {
            let like = condition.parsed.is_some_and(|operator| {
                operator.comparison == Comparison::StringLike && !operator.negated
            });
            for (value, place) in
                literal_values(condition).filter(|(value, _)| like && has_wildcard(value))
            {
                let other = value.replace('*', "other").replace('?', "x");
                let probe =
                    Probe::meeting(document, statement, "sts:AssumeRoleWithWebIdentity", |_| {
                        false
                    });
                let caller = Principal::WebIdentity {
                    provider: entry.value.text.clone(),
                };
                let probe = probe.map(|probe| probe.by(caller).with(&subject, &other));
                let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document))
                else {
                    continue;
                };
                let draft = document
                    .in_statement(
                        statement,
                        place,
                        "matches other service accounts, too",
                        format!("`{value}` also matches service accounts that do not exist yet"),
                    )
                    .because(value)
                    .help(format!(
                        "write \"{subject}\": {} under StringEquals",
                        written(&context.index, document)
                    ))
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}

/// Tests with a wildcard where the issuer or a part of the value is unknown: the wildcard is in the known part.
fn unknown(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    // The subject of a service account is that of a cluster, whatever the provider is called.
    let of_cluster = unknown_providers(document);
    let known = clusters(document).map(|(statement, entry, _)| (statement, entry));
    for (statement, entry) in of_cluster.chain(known) {
        let tests = statement.conditions.iter().filter(|condition| {
            let is_like = condition.parsed.is_some_and(|operator| {
                operator.comparison == Comparison::StringLike && !operator.negated
            });
            is_like && key(condition).to_ascii_lowercase().ends_with(":sub")
        });
        let values = tests.flat_map(|condition| &condition.values);
        let values = values.filter(|value| !(entry.value.text.is_known() && value.text.is_known()));
        let is_account = |value: &&Written| {
            let text = value.text.literal();
            has_wildcard(text)
                && (is_of_cluster(entry) || text.starts_with("system:serviceaccount:"))
        };
        for value in values.filter(is_account) {
            let shown = value.text.to_string();
            let message = format!("`{shown}` also matches service accounts that do not exist yet");
            let label = "matches other service accounts, too";
            let subjects = written(&context.index, document);
            let draft = document.in_statement(statement, value.origin, label, message);
            findings.add(
                draft
                    .because(shown)
                    .help(format!("write {subjects} under StringEquals")),
            );
        }
    }
}
