//! IRS106 `irsa-aud-missing`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::providers::{is_of_cluster, tests_claim, unknown_providers};
use crate::finding::Findings;

rule! {
    /// Flags a trust policy for a cluster's identity provider without a condition on the audience.
    ///
    /// # Why it matters
    ///
    /// The cluster also signs tokens for other audiences, such as a Vault server. If such an audience is a client id of the
    /// provider in IAM, the receiver of the token can assume the role with it.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the audience `sts.amazonaws.com`:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
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
    ///       values   = ["system:serviceaccount:dev:app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    "IRS106" "irsa-aud-missing", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let unknown = unknown_providers(document);
    for (statement, entry) in unknown.filter(|(_, entry)| is_of_cluster(entry)) {
        if tests_claim(statement, ":aud") || !tests_claim(statement, ":sub") {
            continue;
        }
        let message = "the trust policy accepts tokens for every client id of the provider: no condition tests the claim `aud`";
        let draft = document.in_statement(
            statement,
            entry.value.origin,
            "accepts any audience",
            message,
        );
        findings.add(draft.help(
            "add a StringEquals condition on the key `…:aud` of the issuer: \"sts.amazonaws.com\"",
        ));
    }
    for (statement, entry, host) in crate::document::clusters(document) {
        let has = |claim: &str| {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case(&format!("{host}:{claim}")))
        };
        // Without any test it is IRS102 that must be repaired first.
        if has("aud") || !has("sub") {
            continue;
        }
        let draft = document
            .in_statement(
                statement,
                entry.value.origin,
                "accepts any audience",
                format!("the trust policy accepts tokens for every client id of the provider: no condition tests `{host}:aud`"),
            )
            .help(format!("add to Condition.StringEquals: \"{host}:aud\": \"sts.amazonaws.com\""));
        findings.add(draft);
    }
}
