//! PRN119 `oidc-unconditioned`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::providers::{is_of_cluster, tests_claim, unknown_providers};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a trust policy for an OIDC provider, other than an EKS cluster or GitHub, without a condition on its claims.
    ///
    /// # Why it matters
    ///
    /// Every user or workload with a token of this provider can assume the role. IRS102 reports the same for clusters, and
    /// PRN120 for GitHub.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the subject of the token:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:oidc-provider/idp.example.com"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "idp.example.com:sub"
    ///       values   = ["ci"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN119" "oidc-unconditioned", High Leak High,
    properties: [Yields], needs: [Policies], aws: ["MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let unknown = unknown_providers(document);
    for (statement, entry) in unknown.filter(|(_, entry)| !is_of_cluster(entry)) {
        if tests_claim(statement, ":sub") {
            continue;
        }
        let shown = entry.value.text.to_string();
        let message = format!("every token of `{shown}` can assume the role");
        let draft = document.in_statement(
            statement,
            entry.value.origin,
            "accepts every token",
            message,
        );
        findings.add(
            draft
                .because(shown)
                .help("add conditions on the keys `…:sub` and `…:aud` of the issuer"),
        );
    }
    for (statement, entry) in crate::document::principals(document) {
        let Some(text) = entry.value.text.known() else {
            continue;
        };
        let Some((_, host)) = text
            .split_once(":oidc-provider/")
            .filter(|_| entry.kind == PrincipalKind::Federated)
        else {
            continue;
        };
        let elsewhere =
            host.starts_with("oidc.eks.") || host == "token.actions.githubusercontent.com";
        let tested = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).starts_with(host))
        };
        if !elsewhere && is_allow(statement) && !tested() {
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "accepts every token",
                    format!("every token of `{host}` can assume the role"),
                )
                .because(host)
                .help(format!("add conditions on `{host}:sub` and `{host}:aud`"));
            findings.add(draft);
        }
    }
}
